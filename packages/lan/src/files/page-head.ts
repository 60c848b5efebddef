// A comment is skipped, so that a <head> inside of one is not taken for the page's.
const PLACES = /<!--[^]*?-->|<(head|html|!doctype)(?=[\s>])[^>]*>/gi;

/**
 * Puts markup into a page as early as HTML allows; `markup` is called with the page's text, one character a byte, and
 * may return "" to leave the page as it is.
 */
export function insertIntoHead(html: Buffer, markup: (text: string) => string): Buffer {
  // Each byte is one character, so any encoding that contains ASCII passes unharmed. UTF-16 does not.
  const text = html.toString("latin1");
  if (/^(?:\xfe\xff|\xff\xfe)/.test(text)) return html;
  const added = markup(text);
  if (added === "") return html;
  const place = findPlace(text);
  return Buffer.from(text.slice(0, place) + added + text.slice(place), "latin1");
}

/** A `<meta>` for a page; `content` may be anything in ASCII. */
export function metaTag(name: string, content: string): string {
  return `<meta name="${name}" content="${escape(content)}">`;
}

/** Behind `<head>`, else behind `<html>`, else behind the doctype, else at the start, but after the byte order mark. */
function findPlace(html: string): number {
  const ends = new Map<string, number>();
  for (const match of html.matchAll(PLACES)) {
    const name = match[1]?.toLowerCase();
    if (name !== undefined && !ends.has(name)) ends.set(name, match.index + match[0].length);
    if (name === "head") break;
  }
  return ends.get("head") ?? ends.get("html") ?? ends.get("!doctype") ?? (html.startsWith("\xef\xbb\xbf") ? 3 : 0);
}

function escape(text: string): string {
  return text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
