/** A LAN code has up to 13 characters; of several, each comes with a comma. */
const MAX_LENGTH = 128;

/**
 * The code with which this page was opened: what a LAN host writes into the pages that it serves, else `?join=CODE` or
 * `#CODE` in the page's own address. `undefined` when there is none; whether it is one, `join` checks.
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
  const own = location && (new URLSearchParams(location.search).get("join") ?? decoded(location.hash.slice(1)));
  return (host || own || "").trim().slice(0, MAX_LENGTH) || undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
