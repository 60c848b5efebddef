// @ts-check
/**
 * Reloads the page when files of the project change; a style sheet is swapped in place.
 *
 * This file runs twice. In a page it is a classic script: a module would keep an import map behind it from working in
 * older browsers. And it runs as a SharedWorker, which listens for all tabs: browsers open at most six HTTP/1.1
 * connections to a host, so with a stream for each tab the seventh tab would load for ever.
 */
(() => {
  "use strict";

  /**
   * What the server sends: `hello` when the stream opens, `reload` for changes. `id` is the time of the latest change.
   * @typedef {{ type: "hello" | "reload", id: string, files: readonly string[] }} Notice
   */

  const EVENTS_PATH = "/events";
  const MAX_RETRY_MS = 10_000;

  /**
   * Listens to the server until the returned function is called; connects again whatever happens.
   * @param {string} url
   * @param {(notice: Notice) => void} tell
   * @param {() => void} lost the stream broke
   * @returns {() => void}
   */
  function listen(url, tell, lost = () => undefined) {
    /** @type {EventSource} */
    let source;
    let timer = 0;
    let delay = 1000;
    const open = () => {
      source = new EventSource(url);
      source.addEventListener("hello", ({ lastEventId }) => {
        delay = 1000;
        tell({ type: "hello", id: lastEventId, files: [] });
      });
      source.addEventListener("reload", ({ lastEventId, data }) => {
        tell({ type: "reload", id: lastEventId, files: filesIn(String(data)) });
      });
      source.addEventListener("error", () => {
        lost();
        // A broken stream the browser opens again by itself; after another answer than a stream it gives up.
        if (source.readyState !== EventSource.CLOSED) return;
        clearTimeout(timer);
        timer = setTimeout(open, delay);
        delay = Math.min(delay * 2, MAX_RETRY_MS);
      });
    };
    open();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }

  /** Nothing stands for "too many to name". @param {string} data @returns {readonly string[]} */
  function filesIn(data) {
    try {
      /** @type {unknown} */
      const files = JSON.parse(data).files;
      return Array.isArray(files) ? files.map(String) : [];
    } catch {
      return [];
    }
  }

  function runInWorker() {
    /** @type {Set<MessagePort>} */
    const pages = new Set();
    /** @type {Notice | undefined} What a page that comes now has to know; none while the stream is broken. */
    let latest;
    listen(
      new URL(EVENTS_PATH, location.href).href,
      (notice) => {
        latest = { type: "hello", id: notice.id, files: [] };
        for (const page of pages) page.postMessage(notice, []);
      },
      () => (latest = undefined),
    );
    addEventListener("connect", (event) => {
      const [page] = /** @type {MessageEvent} */ (event).ports;
      if (!page) return;
      pages.add(page);
      // A page says one thing: that it leaves.
      page.addEventListener("message", () => pages.delete(page));
      page.start();
      if (latest) page.postMessage(latest, []);
    });
  }

  /** @param {string} url this file's own */
  function runInPage(url) {
    let seen = 0;
    /** @type {(() => void) | undefined} */
    let stop;

    /** @param {Notice} notice */
    const receive = ({ type, id, files }) => {
      const time = Number(id);
      const missedSome = seen > 0 && time > seen;
      seen = Math.max(seen, time);
      if (type === "reload") show(files);
      // Files changed while nobody listened. That the server was started again alone ends no game.
      else if (missedSome) location.reload();
    };
    const start = () => {
      stop ??= listenThroughWorker(url, receive) ?? listenWhileVisible(url, receive);
    };
    start();
    addEventListener("pagehide", () => {
      stop?.();
      stop = undefined;
    });
    // A page that comes back as it was left has missed what happened.
    addEventListener("pageshow", ({ persisted }) => persisted && start());
  }

  /**
   * @param {string} url
   * @param {(notice: Notice) => void} receive
   * @returns {(() => void) | undefined} nothing where there are no shared workers (Chrome for Android, opaque origins)
   */
  function listenThroughWorker(url, receive) {
    try {
      const worker = new SharedWorker(url, { name: "clayground-reload" });
      const { port } = worker;
      let stop = () => {
        port.postMessage("bye");
        port.close();
      };
      port.addEventListener("message", ({ data }) => receive(data));
      port.start();
      // The page's content security policy allows no worker, or the file did not come.
      worker.addEventListener("error", () => (stop = listenWhileVisible(url, receive)), { once: true });
      return () => stop();
    } catch {
      return undefined;
    }
  }

  /**
   * A tab in the background frees its connection for others; when it is seen again, it learns what it missed.
   * @param {string} url
   * @param {(notice: Notice) => void} receive
   * @returns {() => void}
   */
  function listenWhileVisible(url, receive) {
    const events = new URL(EVENTS_PATH, url).href;
    /** @type {(() => void) | undefined} */
    let stop;
    const update = () => {
      if (document.visibilityState === "visible") stop ??= listen(events, receive);
      else {
        stop?.();
        stop = undefined;
      }
    };
    document.addEventListener("visibilitychange", update);
    update();
    return () => {
      document.removeEventListener("visibilitychange", update);
      stop?.();
    };
  }

  /** Style sheets that are being loaded, by the ones that they replace. @type {Map<HTMLLinkElement, HTMLLinkElement>} */
  const replacements = new Map();

  /** @param {readonly string[]} files */
  function show(files) {
    const links = files.map((file) => (file.endsWith(".css") ? linksTo(file) : []));
    const areAllLinked = files.length > 0 && links.every((each) => each.length > 0);
    if (!areAllLinked || files.some((file) => isImported(file, [...document.styleSheets]))) location.reload();
    else links.flat().forEach(replace);
  }

  /** @param {string} file @returns {HTMLLinkElement[]} */
  function linksTo(file) {
    const loading = new Set(replacements.values());
    return [...document.querySelectorAll("link")].filter(
      (link) => link.relList.contains("stylesheet") && !loading.has(link) && isFile(link.href, file),
    );
  }

  /** Loads the style sheet again and then takes the old one away, so that the page is never without. */
  function replace(/** @type {HTMLLinkElement} */ old) {
    const url = new URL(old.href);
    url.searchParams.set("clayground-reload", String(Date.now()));
    const link = /** @type {HTMLLinkElement} */ (old.cloneNode());
    link.href = url.href;
    replacements.get(old)?.remove();
    replacements.set(old, link);
    link.addEventListener("load", () => {
      if (replacements.get(old) !== link) return;
      replacements.delete(old);
      old.remove();
    });
    // It was removed: the page as it is now has no such style sheet.
    link.addEventListener("error", () => replacements.get(old) === link && location.reload());
    old.after(link);
  }

  /**
   * Whether a style sheet is `@import`ed by another, where it cannot be swapped.
   * @param {string} file
   * @param {readonly CSSStyleSheet[]} sheets
   * @returns {boolean}
   */
  function isImported(file, sheets) {
    return sheets.some((sheet) =>
      importsOf(sheet).some(({ href, styleSheet }) => {
        return isFile(href, file, sheet.href) || (styleSheet !== null && isImported(file, [styleSheet]));
      }),
    );
  }

  /** @param {CSSStyleSheet} sheet @returns {CSSImportRule[]} */
  function importsOf(sheet) {
    try {
      return [...sheet.cssRules].filter((rule) => rule instanceof CSSImportRule);
    } catch {
      // From another origin, so not one of the project's files.
      return [];
    }
  }

  /**
   * @param {string} href
   * @param {string} file from the project's folder on
   * @param {string | null} [base]
   */
  function isFile(href, file, base) {
    try {
      const { origin, pathname } = new URL(href, base ?? document.baseURI);
      return origin === location.origin && decodeURIComponent(pathname) === `/${file}`;
    } catch {
      return false;
    }
  }

  if (typeof document === "undefined") runInWorker();
  else if (document.currentScript instanceof HTMLScriptElement) runInPage(document.currentScript.src);
})();
