import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { IceServer } from "@clayground/network";

/** How long a connection waits for a name, in milliseconds; a resolver that answers takes 100 at the most. */
const WAIT = 1500;

/** How long an address is good, and how long a name that nobody knew is not asked for again, in milliseconds. */
const KEPT = 300_000;
const KEPT_UNKNOWN = 30_000;

const MAX_NAMES = 256;

/** Scheme, name, the rest. What is no such URL is told where the connection is made. */
const NAMED = /^((?:stun|turn):)([^\s:?[\]/@]+)(.*)$/i;

interface Known {
  readonly address: Promise<string | undefined>;
  until: number;
}

/** Asks the system for the addresses of a name; rejects when it knows none. */
export type Lookup = (name: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/**
 * Puts addresses in place of the names in ICE servers. libjuice looks names up in a thread of its own, but after a
 * connection was closed, the next one waits for that thread: where DNS queries vanish, as in a room without internet, its
 * first channel stops Node's event loop for 10 s.
 */
export class IceServerNames {
  readonly #lookup: Lookup;
  readonly #wait: number;
  readonly #known = new Map<string, Known>();

  /** @param wait how long a connection waits for a name, in milliseconds */
  constructor(look: Lookup = (name) => lookup(name, { all: true }), wait: number = WAIT) {
    this.#lookup = look;
    this.#wait = wait;
  }

  /** The servers by address, without those whose names are not known in time. Never rejects. */
  async resolve(servers: readonly IceServer[]): Promise<IceServer[]> {
    const all = await Promise.all(
      servers.map(async (server) => {
        const urls = await Promise.all([server.urls].flat().map((url) => this.#resolveUrl(url)));
        return { ...server, urls: urls.filter((url) => url !== undefined) };
      }),
    );
    return all.filter(({ urls }) => urls.length > 0);
  }

  async #resolveUrl(url: string): Promise<string | undefined> {
    const [, scheme, name, rest] = NAMED.exec(url) ?? [];
    if (name === undefined || isIP(name) !== 0) return url;
    const waited = new AbortController();
    const late = setTimeout(this.#wait, undefined, { signal: waited.signal }).catch(() => undefined);
    const address = await Promise.race([this.#addressOf(name.toLowerCase()), late]);
    waited.abort();
    if (address === undefined) return undefined;
    return `${scheme}${address.includes(":") ? `[${address}]` : address}${rest}`;
  }

  /** The address of a name. However many ask, the system is asked once: it has few threads for that. */
  #addressOf(name: string): Promise<string | undefined> {
    const before = this.#known.get(name);
    if (before && before.until > performance.now()) return before.address;
    if (this.#known.size >= MAX_NAMES) this.#known.clear();
    const entry: Known = { address: this.#look(name), until: Infinity };
    this.#known.set(name, entry);
    void entry.address.then((address) => {
      entry.until = performance.now() + (address === undefined ? KEPT_UNKNOWN : KEPT);
    });
    return entry.address;
  }

  /** IPv4 where there is one: every network that has a way out has that. */
  async #look(name: string): Promise<string | undefined> {
    try {
      const all = await this.#lookup(name);
      return (all.find(({ family }) => family === 4) ?? all[0])?.address;
    } catch {
      return undefined;
    }
  }
}
