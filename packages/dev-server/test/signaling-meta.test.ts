import { describe, expect, test } from "vitest";
import { addSignalingMeta } from "../src/signaling-meta.ts";

const URL = "ws://192.0.2.7:8090/peerjs";
const META = `<meta name="clayground-signaling" content="${URL}">`;
const add = (html: string): string => addSignalingMeta(Buffer.from(html), URL).toString();

describe("a page is told where signaling is", () => {
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
    ["behind a byte order mark", "\ufeff|<p>Hello"],
  ])("%s", (_where, html) => {
    expect(add(html.replace("|", ""))).toBe(html.replace("|", META));
  });

  test("a page that names a server itself keeps it", () => {
    const page = '<head><meta content="wss://example.com/peerjs" name="clayground-signaling"></head>';
    expect(add(page)).toBe(page);
  });

  test("every other byte stays, in any encoding", () => {
    const page = Buffer.concat([Buffer.from("<head>"), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]);
    expect(addSignalingMeta(page, URL)).toEqual(Buffer.concat([Buffer.from(`<head>${META}`), page.subarray(6)]));
    const utf16 = Buffer.from("\ufeff<head></head>", "utf16le");
    expect(addSignalingMeta(utf16, URL)).toEqual(utf16);
  });

  test("nothing in the URL can leave the attribute", () => {
    expect(addSignalingMeta(Buffer.from(""), 'ws://a"><script>&').toString()).toBe(
      '<meta name="clayground-signaling" content="ws://a&#34;&#62;&#60;script&#62;&#38;">',
    );
  });
});
