import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDevServer } from "clay-dev-server";
import type { DevServer, DevServerOptions } from "clay-dev-server";
import type { Page } from "puppeteer-core";
import { describe, expect } from "vitest";
import { testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";

const test = testOnStage();

/** A project that is served. */
interface Served {
  readonly server: DevServer;
  readonly options: DevServerOptions;
  write(file: string, content: string): void;
}

async function serve(
  scene: Scene,
  files: Record<string, string>,
  more: Partial<DevServerOptions> = {},
): Promise<Served> {
  const root = mkdtempSync(join(tmpdir(), "clay-live-reload-"));
  const write = (file: string, content: string): void => writeFileSync(join(root, file), content);
  for (const [file, content] of Object.entries(files)) write(file, content);
  const options = { root, port: 0, host: "127.0.0.1", ...more };
  const server = await scene.keep(startDevServer(options));
  await scene.keep({ close: () => rmSync(root, { recursive: true }) });
  return { server, options, write };
}

interface TabOptions {
  readonly kind: "chromium" | "firefox";
  /** As Chrome on Android. */
  readonly withoutSharedWorker?: boolean;
}

/** A tab in which the page has been loaded, and listens. */
async function open(scene: Scene, url: string, { kind, withoutSharedWorker = false }: TabOptions): Promise<Page> {
  const browser = await scene.stage.browser({ kind });
  const page = await scene.keep(browser.newPage());
  if (withoutSharedWorker) await page.evaluateOnNewDocument("delete globalThis.SharedWorker");
  await page.goto(url);
  return page;
}

/** Changes files until the page has done what it should: it may not listen yet when the first change is told. */
async function changeUntil(page: Page, change: () => void, condition: string): Promise<void> {
  const timer = setInterval(change, 400);
  change();
  await page.waitForFunction(condition, { polling: 20 }).finally(() => clearInterval(timer));
}

/** Listens; the promise inside resolves when a change is told. */
async function nextChange({ localUrl }: DevServer): Promise<{ readonly told: Promise<void> }> {
  const { body } = await fetch(`${localUrl}events`);
  const told = (async () => {
    let text = "";
    for await (const chunk of body!) {
      text += Buffer.from(chunk).toString();
      if (text.includes("event: reload")) return;
    }
  })();
  return { told };
}

const mark = (page: Page): Promise<unknown> => page.evaluate("globalThis.isOld = true");
const IS_RECOLORED = "getComputedStyle(document.querySelector('p')).color === 'rgb(2, 2, 2)'";
/** Also after a reload that is under way just now. */
const IS_NEW = "globalThis.isOld === undefined && document.readyState === 'complete'";

// In one browser one after the other: what a tab shows depends on which one is in front.
describe.concurrent.each(["chromium", "firefox"] as const)("live reload in %s", (kind) => {
  test.sequential("eight tabs load, and all reload when a file changes: a browser has only six connections to a host", async ({
    scene,
  }) => {
    const { server, write } = await serve(scene, { "index.html": "<p>one", "game.js": "" });
    const tabs: Page[] = [];
    // One after the other: the seventh must not wait for ever.
    for (let n = 0; n < 8; n++) tabs.push(await open(scene, server.localUrl, { kind }));
    await Promise.all(tabs.map(mark));
    await changeUntil(tabs[7]!, () => write("game.js", String(Math.random())), IS_NEW);
    await Promise.all(tabs.map((tab) => tab.waitForFunction(IS_NEW, { polling: 20 })));
  });

  test.sequential("a style sheet is swapped without a reload and without a flash; an imported one reloads", async ({
    scene,
  }) => {
    const color = (value: string): string => `p { color: ${value} }`;
    const { server, write } = await serve(scene, {
      "index.html": '<link rel="stylesheet" href="a.css"><link rel="stylesheet" href="b.css"><p>one',
      "a.css": color("rgb(1, 1, 1)"),
      "b.css": '@import "c.css";',
      "c.css": "",
    });
    const page = await open(scene, server.localUrl, { kind });
    await mark(page);
    await page.evaluate(`
      globalThis.colors = [];
      const colorNow = () => getComputedStyle(document.querySelector("p")).color;
      (function look() {
        if (colors.at(-1) !== colorNow()) colors.push(colorNow());
        requestAnimationFrame(look);
      })();`);
    await changeUntil(page, () => write("a.css", color("rgb(2, 2, 2)")), "colors.at(-1) === 'rgb(2, 2, 2)'");
    await page.waitForFunction("document.querySelectorAll('link').length === 2", { polling: 20 });
    expect(await page.evaluate("[isOld, colors, document.querySelector('link').sheet.cssRules.length]")).toEqual([
      true,
      ["rgb(1, 1, 1)", "rgb(2, 2, 2)"],
      1,
    ]);
    await changeUntil(page, () => write("c.css", "p { margin: 0 }"), IS_NEW);
  });

  test.sequential("without a SharedWorker, a tab listens while it is seen, and then catches up", async ({ scene }) => {
    const { server, write } = await serve(scene, { "index.html": "<p>one", "game.js": "" });
    const page = await open(scene, server.localUrl, { kind, withoutSharedWorker: true });
    expect(await page.evaluate("typeof SharedWorker")).toBe("undefined");
    await mark(page);
    await changeUntil(page, () => write("game.js", String(Math.random())), IS_NEW);

    await mark(page);
    const cover = await scene.keep(page.browser().newPage());
    await cover.bringToFront();
    await page.waitForFunction("document.visibilityState === 'hidden'", { polling: 20 });
    const { told } = await nextChange(server);
    write("game.js", "other");
    await told;
    expect(await page.evaluate("globalThis.isOld")).toBe(true);
    await page.bringToFront();
    await page.waitForFunction(IS_NEW, { polling: 20 });
  });

  // That a restart alone does not: server-restart.test.ts.
  test.sequential("what changed while the server was not there reloads a page once it is back", async ({ scene }) => {
    const { server, options, write } = await serve(scene, {
      "index.html": '<link rel="stylesheet" href="a.css"><p>one',
      "a.css": "",
    });
    const page = await open(scene, server.localUrl, { kind });
    await mark(page);
    // Then it is known to listen.
    await changeUntil(page, () => write("a.css", "p { color: rgb(2, 2, 2) }"), IS_RECOLORED);
    await server.close();
    write("index.html", "<p>two");
    await scene.keep(startDevServer({ ...options, port: server.port, strictPort: true }));
    await page.waitForFunction(IS_NEW, { polling: 50 });
  });

  test.sequential("a page with a strict content security policy reloads, and no policy is broken by it", async ({
    scene,
  }) => {
    const policy = (value: string): string =>
      `<meta http-equiv="content-security-policy" content="${value}"><title>loaded</title>`;
    const { server, write } = await serve(scene, {
      "self.html": policy("default-src 'self'"),
      "no-worker.html": policy("default-src 'self'; worker-src 'none'"),
      "nothing.html": policy("default-src 'none'"),
      "game.js": "",
    });
    for (const name of ["self", "no-worker"]) {
      const page = await open(scene, `${server.localUrl}${name}.html`, { kind });
      await mark(page);
      await changeUntil(page, () => write("game.js", String(Math.random())), IS_NEW);
    }
    const page = await open(scene, `${server.localUrl}nothing.html`, { kind });
    expect(await page.title()).toBe("loaded");
  });
});

describe("the page's errors reach the terminal", () => {
  test.for(["chromium", "firefox"] as const)("from %s: uncaught, rejected, and said", async (kind, { scene }) => {
    const texts: string[] = [];
    const { server } = await serve(
      scene,
      {
        "index.html": `<script>
          const loop = { name: "loop" };
          loop.loop = loop;
          const broken = { toJSON() { console.error("inside"); throw new Error("no JSON"); } };
          console.error("said %s and %d", "this", 5, loop, broken, "x".repeat(100000));
          Promise.reject(new TypeError("rejected"));
          setTimeout(() => { throw new RangeError("thrown"); });
        </script>`,
      },
      { console: ({ text }) => texts.push(text) },
    );
    await open(scene, server.localUrl, { kind });
    await expect.poll(() => texts.length).toBe(3);
    expect(texts.map((text) => text.slice(0, 60)).sort()).toEqual([
      "Uncaught RangeError: thrown",
      "Unhandled rejection: TypeError: rejected",
      'said this and 5 {"name":"loop","loop":"…"} [object Object] x',
    ]);
  });

  test("an error in every frame is counted, not sent", async ({ scene }) => {
    const texts: string[] = [];
    const { server } = await serve(
      scene,
      { "index.html": "<script>for (let n = 0; n < 500; n++) console.error(n)</script><title>loaded</title>" },
      { console: ({ text }) => texts.push(text) },
    );
    const page = await open(scene, server.localUrl, { kind: "chromium" });
    expect(await page.title()).toBe("loaded");
    await expect.poll(() => texts.length).toBe(20);
    // Each is a request of its own, and some are faster.
    expect(texts.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });
});
