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
  test.each([
    ["in the head", "<!doctype html><html><head>|<title>a</title></head></html>"],
    ["in a head with attributes, in any case", '<HTML>\n<HEAD\n lang="de">|<TITLE>'],
    ["in <html> without a head", '<!doctype html>\n<html lang="de">|<body>'],
    ["behind a doctype alone", "<!DOCTYPE html>|<p>Hello"],
    ["at the start", "|<p>Hello"],
    ["in an empty page", "|"],
    ["not in a comment", "<!doctype html><!-- <head> --><html><head>|</head>"],
    ["not in a <header>", "<html>|<body><header></header>"],
    ["only in the first head", "<head>|</head><script>'<head>'</script>"],
    ["before the page's first script", "<head>|<script src=game.js></script></head>"],
    ["behind a byte order mark", "\ufeff|<p>Hello"],
  ])("%s", (_where, html) => {
    expect(inject(html.replace("|", ""))).toBe(html.replace("|", META + CONSOLE + RELOAD));
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

  test("every other byte stays, in any encoding", () => {
    const page = Buffer.concat([Buffer.from("<head>"), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]);
    expect(injectPage(page, ALL)).toEqual(
      Buffer.concat([Buffer.from(`<head>${META}${CONSOLE}${RELOAD}`), page.subarray(6)]),
    );
    const utf16 = Buffer.from("\ufeff<head></head>", "utf16le");
    expect(injectPage(utf16, ALL)).toEqual(utf16);
  });

  test("nothing in the URL can leave the attribute", () => {
    expect(inject("", { ...NONE, signalingUrl: 'ws://a"><script>&' })).toBe(
      '<meta name="clayground-signaling" content="ws://a&#34;&#62;&#60;script&#62;&#38;">',
    );
  });
});
