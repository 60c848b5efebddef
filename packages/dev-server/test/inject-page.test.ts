import { describe, expect, test } from "vitest";
import { injectPage } from "../src/inject-page.ts";

const URL = "ws://192.0.2.7:8090/peerjs";
const META = `<meta name="clayground-signaling" content="${URL}">`;
const CONSOLE = '<script src="/clayground/console.js"></script>';
const RELOAD = '<script async src="/clayground/reload.js"></script>';
const ALL = { signalingUrl: URL, reload: true, console: true };
const NONE = { reload: false, console: false };
const inject = (html: string, injection = ALL): string => injectPage(Buffer.from(html), injection).toString();

describe("a page is told where signaling is, and gets the scripts that reload it and report its errors", () => {
  test("all three, in front of the page's own", () => {
    expect(inject("<!doctype html><head><script src=game.js></script></head>")).toBe(
      `<!doctype html><head>${META}${CONSOLE}${RELOAD}<script src=game.js></script></head>`,
    );
  });

  test("each part only when it is asked for", () => {
    const page = Buffer.from("<head></head>");
    expect(injectPage(page, NONE)).toBe(page);
    expect(injectPage(page, { ...NONE, signalingUrl: URL }).toString()).toBe(`<head>${META}</head>`);
    expect(injectPage(page, { ...NONE, reload: true }).toString()).toBe(`<head>${RELOAD}</head>`);
    expect(injectPage(page, { ...NONE, console: true }).toString()).toBe(`<head>${CONSOLE}</head>`);
  });

  test("a page that names a server itself keeps it, and still reloads", () => {
    const meta = '<meta content="wss://example.com/peerjs" name="clayground-signaling">';
    expect(inject(`<head>${meta}</head>`)).toBe(`<head>${CONSOLE}${RELOAD}${meta}</head>`);
  });
});
