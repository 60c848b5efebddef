// A comment is skipped, so that a <head> inside of one is not taken for the page's.
const PLACES = /<!--[^]*?-->|<(head|html|!doctype)(?=[\s>])[^>]*>/gi;
const OWN_META = /<meta\s[^>]*name\s*=\s*["']?clayground-signaling\b/i;

/** What a page gets besides its own. */
export interface Injection {
  /** An absolute `ws:` or `wss:` URL for `<meta name="clayground-signaling">`; a page that has its own keeps it. */
  readonly signalingUrl?: string | undefined;
  /** Whether the page reloads when files change. */
  readonly reload: boolean;
  /** Whether the page's errors are shown in the terminal. */
  readonly console: boolean;
}

/**
 * Adds to a page what the dev server offers, as early as HTML allows: where signaling is, so that `Network` finds it
 * without being told, and the scripts that tell of errors and reload. They are files of this server, so a strict
 * content security policy with `'self'` allows them.
 */
export function injectPage(html: Buffer, { signalingUrl, reload, console }: Injection): Buffer {
  // Each byte is one character, so any encoding that contains ASCII passes unharmed. UTF-16 does not.
  const text = html.toString("latin1");
  if (/^(?:\xfe\xff|\xff\xfe)/.test(text)) return html;
  const added = [
    signalingUrl !== undefined && !OWN_META.test(text)
      ? `<meta name="clayground-signaling" content="${escape(signalingUrl)}">`
      : "",
    // It must run before the page's first script, to see its errors; reloading can wait.
    console ? `<script src="/clayground/console.js"></script>` : "",
    reload ? `<script async src="/clayground/reload.js"></script>` : "",
  ].join("");
  if (added === "") return html;
  const place = findPlace(text);
  return Buffer.from(text.slice(0, place) + added + text.slice(place), "latin1");
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
