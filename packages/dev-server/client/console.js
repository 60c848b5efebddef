// @ts-check
/**
 * Sends the page's errors to the terminal: what nobody caught, and what is said by `console.error`. Runs before every
 * other script, changes nothing that they see, and stays silent about its own troubles.
 */
(() => {
  "use strict";
  if (!(document.currentScript instanceof HTMLScriptElement)) return;

  /**
   * Where something was said; what is unknown is left out.
   * @typedef {{ url?: string, line?: number, column?: number, stack?: string }} Place
   */

  const CONSOLE_URL = new URL("console", document.currentScript.src).href;
  // Together below the 16 KiB that the server takes, in any script.
  const MAX_TEXT = 1500;
  const MAX_STACK = 3000;
  const MAX_URL = 500;
  // An error in every frame must flood neither the network nor the terminal.
  const MAX_REPORTS = 20;
  const WINDOW_MS = 10_000;
  /** How much of an object is shown. */
  const MAX_MEMBERS = 50;

  let reports = 0;
  let leftOut = 0;
  let isBusy = false;

  /** @param {() => { text: string } & Place} read may run code of the page, which may fail or report again */
  function report(read) {
    if (isBusy) return;
    isBusy = true;
    try {
      if (reports === 0) setTimeout(startWindow, WINDOW_MS);
      reports += 1;
      if (reports > MAX_REPORTS) leftOut += 1;
      else post(read());
    } catch {
      // Whatever the page threw at us.
    } finally {
      isBusy = false;
    }
  }

  function startWindow() {
    const count = leftOut;
    reports = 0;
    leftOut = 0;
    if (count > 0) report(() => ({ text: `… and ${count} more from this page` }));
  }

  /** @param {{ text: string } & Place} said */
  function post({ text, url = location.href, line, column, stack }) {
    const body = JSON.stringify({
      level: "error",
      text: cut(text, MAX_TEXT),
      url: cut(url, MAX_URL),
      line,
      column,
      stack: stack === undefined ? undefined : cut(stack, MAX_STACK),
    });
    // As text, so that no preflight is asked for; it is sent even while the page is being left.
    if (navigator.sendBeacon?.(CONSOLE_URL, body)) return;
    fetch(CONSOLE_URL, { method: "POST", body, keepalive: true }).catch(() => undefined);
  }

  /** @param {string} text @param {number} length */
  function cut(text, length) {
    return text.length > length ? `${text.slice(0, length - 1)}…` : text;
  }

  /** @param {unknown} value @returns {string} */
  function describe(value) {
    if (typeof value === "string") return value;
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (value instanceof Element) return `<${value.localName}${value.id ? ` id="${value.id}"` : ""}>`;
    if (typeof value !== "object" || value === null) return String(value);
    const seen = new Set();
    try {
      const json = JSON.stringify(value, (_, member) => {
        if (typeof member === "string") return cut(member, 200);
        if (typeof member === "bigint") return `${member}n`;
        if (member instanceof Error) return describe(member);
        if (typeof member !== "object" || member === null) return member;
        if (seen.size >= MAX_MEMBERS || seen.has(member)) return "…";
        seen.add(member);
        return Array.isArray(member) ? member.slice(0, MAX_MEMBERS) : member;
      });
      return json ?? Object.prototype.toString.call(value);
    } catch {
      return Object.prototype.toString.call(value);
    }
  }

  /** What `console.error` shows: `%s` and the like in the first argument stand for the next ones. @param {unknown[]} args */
  function format(args) {
    const [first, ...others] = args;
    if (typeof first !== "string") return args.map(describe).join(" ");
    const text = first.replace(/%([sdifoOc%])/g, (directive, kind) => {
      if (kind === "%") return "%";
      if (others.length === 0) return directive;
      const value = describe(others.shift());
      // A style.
      return kind === "c" ? "" : value;
    });
    return [text, ...others.map(describe)].join(" ");
  }

  /** @param {unknown} error @returns {string | undefined} */
  function stackOf(error) {
    return error instanceof Error && typeof error.stack === "string" ? error.stack : undefined;
  }

  /** @param {string | undefined} stack @returns {Place} */
  function withStack(stack) {
    return stack === undefined ? {} : { stack };
  }

  addEventListener("error", (event) => {
    report(() => ({
      // Chromium says "Uncaught" itself.
      text: `Uncaught ${(event.message || describe(event.error)).replace(/^Uncaught /, "")}`,
      url: event.filename || location.href,
      line: event.lineno,
      column: event.colno,
      ...withStack(stackOf(event.error)),
    }));
  });

  addEventListener("unhandledrejection", ({ reason }) => {
    report(() => ({ text: `Unhandled rejection: ${describe(reason)}`, ...withStack(stackOf(reason)) }));
  });

  const original = console.error;
  /** @param {unknown[]} args */
  console.error = (...args) => {
    original.apply(console, args);
    report(() => ({ text: format(args), ...withStack(args.map(stackOf).find(Boolean)) }));
  };
})();
