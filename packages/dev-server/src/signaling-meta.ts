// A comment is skipped, so that a <head> inside of one is not taken for the page's.
const PLACES = /<!--[^]*?-->|<(head|html|!doctype)(?=[\s>])[^>]*>/gi;
const OWN_META = /<meta\s[^>]*name\s*=\s*["']?clayground-signaling\b/i;

/**
 * Adds `<meta name="clayground-signaling">` to a page, as early as HTML allows, so that `Network` finds
 * the signaling server without being told. A page that has its own keeps it.
 *
 * @param url an absolute `ws:` or `wss:` URL
 */
export function addSignalingMeta(page: Buffer, url: string): Buffer {
  // Each byte is one character, so any encoding that contains ASCII passes unharmed. UTF-16 does not.
  const html = page.toString("latin1");
  if (/^(?:\xfe\xff|\xff\xfe)/.test(html) || OWN_META.test(html)) return page;
  const meta = `<meta name="clayground-signaling" content="${escape(url)}">`;
  const place = findPlace(html);
  return Buffer.from(html.slice(0, place) + meta + html.slice(place), "latin1");
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
