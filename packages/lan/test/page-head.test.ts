import { describe, expect, test } from "vitest";
import { insertIntoHead, metaTag } from "../src/index.ts";

const MARKUP = '<meta name="a" content="b">';
const insert = (html: string): string => insertIntoHead(Buffer.from(html), () => MARKUP).toString();

describe("markup gets into a page as early as HTML allows", () => {
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
    expect(insert(html.replace("|", ""))).toBe(html.replace("|", MARKUP));
  });

  test("every other byte stays, in any encoding", () => {
    const page = Buffer.concat([Buffer.from("<head>"), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]);
    expect(insertIntoHead(page, () => MARKUP)).toEqual(
      Buffer.concat([Buffer.from(`<head>${MARKUP}`), page.subarray(6)]),
    );
    const utf16 = Buffer.from("\ufeff<head></head>", "utf16le");
    expect(insertIntoHead(utf16, () => MARKUP)).toEqual(utf16);
  });

  test("a page that needs nothing stays the same", () => {
    const page = Buffer.from("<head></head>");
    expect(insertIntoHead(page, () => "")).toBe(page);
  });

  test("what is added may depend on the page", () => {
    const html = Buffer.from("<head><!-- \u00e9 --></head>");
    expect(insertIntoHead(html, (text) => (text.includes("\u00c3\u00a9") ? "<b>" : "")).toString()).toContain(
      "<head><b>",
    );
  });

  test("nothing in a <meta> can leave its attribute", () => {
    expect(metaTag("a", 'ws://a"><script>&')).toBe('<meta name="a" content="ws://a&#34;&#62;&#60;script&#62;&#38;">');
  });
});
