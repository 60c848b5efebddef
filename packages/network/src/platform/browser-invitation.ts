import { isLanCode, normalizeNetworkCode } from "@clayground/protocol";

/** A LAN code has up to 13 characters; of several, each comes with a comma. */
const MAX_LENGTH = 128;

/**
 * The code with which this page was opened: what a LAN host writes into the pages that it serves, else `?join=CODE` or
 * `#CODE` in the page's own address. `undefined` when there is none. A `#…` that is no code is the page's own business;
 * else `join` checks it.
 *
 * @example
 * ```ts
 * const code = invitation();
 * if (code) await network.join(code);
 * ```
 */
export function invitation(): string | undefined {
  const { document, location } = globalThis;
  const host = document?.querySelector<HTMLMetaElement>('meta[name="clayground-network"]')?.content;
  const own = location && (new URLSearchParams(location.search).get("join") ?? codeIn(location.hash.slice(1)));
  return (host || own || "").trim().slice(0, MAX_LENGTH) || undefined;
}

function codeIn(hash: string): string {
  let text = "";
  try {
    text = decodeURIComponent(hash);
  } catch {
    // Not ours: a code has no percent sign.
  }
  return text.split(",").every((code) => normalizeNetworkCode(code) ?? isLanCode(code)) ? text : "";
}
