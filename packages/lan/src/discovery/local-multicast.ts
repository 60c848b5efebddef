import type { Interfaces } from "../addresses/interfaces.ts";
import { readMessage, type DnsMessage } from "./dns-messages.ts";
import { openLinkSocket, type LinkSocket } from "./link-socket.ts";
import { isOnLink, linksOf, type Link } from "./links.ts";
import { PacketGate } from "./packet-gate.ts";

/** What to do with what comes. */
export interface LocalMulticastOptions {
  readonly interfaces: () => Interfaces;
  /** Only packets with one of these texts are read. */
  readonly needles: readonly string[];
  /** Whether it may not keep the program alive. */
  readonly isBackground: boolean;
  /** An interface can be used from now on. */
  onLink(link: Link): void;
  onMessage(message: DnsMessage, link: Link, source: string): void;
  onProblem(message: string): void;
}

// As often as the server looks for changes of the machine's addresses.
const LOOK_MS = 2000;

/**
 * mDNS at all of this machine's interfaces, also those that come later.
 *
 * Messages are written and read by `dns-packet`, which `multicast-dns` and `bonjour-service` stand on; the sockets are
 * our own. `multicast-dns` 7.2 sends at one interface only, never joins again at one that comes back, decodes whatever
 * comes, and keeps the program alive. `bonjour-service` 1.4 keeps any number of services, answers every question of
 * every packet, cannot change a TXT record, and forgets where an announcement came from when there are two.
 */
export class LocalMulticast {
  readonly #options: LocalMulticastOptions;
  readonly #gate: PacketGate;
  readonly #sockets = new Map<string, { readonly link: Link; readonly socket: LinkSocket }>();
  readonly #timer: NodeJS.Timeout;
  #isToldProblem = false;

  constructor(options: LocalMulticastOptions) {
    this.#options = options;
    this.#gate = new PacketGate(options.needles);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    if (options.isBackground) this.#timer.unref();
    this.#look();
  }

  /** Sends at one interface. */
  async send(link: Link, bytes: Uint8Array): Promise<void> {
    // An interface that vanishes makes ENETUNREACH, EADDRNOTAVAIL or ENODEV until the next look.
    const error = await this.#sockets.get(keyOf(link))?.socket.send(bytes);
    if (error !== undefined) this.#tell(link.address, error);
  }

  /** Sends at every interface. */
  async sendEverywhere(bytes: Uint8Array): Promise<void> {
    await Promise.all([...this.#sockets.values()].map(({ link }) => this.send(link, bytes)));
  }

  /** Closes all sockets. */
  close(): void {
    clearInterval(this.#timer);
    for (const { socket } of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  #look(): void {
    const links = new Map(this.#links().map((link) => [keyOf(link), link]));
    for (const [key, { socket }] of this.#sockets) {
      if (links.has(key)) socket.rejoin();
      else socket.close();
      if (!links.has(key)) this.#sockets.delete(key);
    }
    for (const [key, link] of links) if (!this.#sockets.has(key)) this.#open(key, link);
  }

  #links(): readonly Link[] {
    try {
      return linksOf(this.#options.interfaces());
    } catch (error) {
      // Some sandboxes, such as Android's, do not let programs see them.
      this.#tell("an unknown address", error);
      return [];
    }
  }

  #open(key: string, link: Link): void {
    const socket = openLinkSocket(
      link,
      {
        onReady: () => this.#options.onLink(link),
        onPacket: (_, bytes, source) => this.#read(link, bytes, source),
        onFailed: (_, error) => {
          // The next look tries again.
          this.#sockets.delete(key);
          this.#tell(link.address, error);
        },
      },
      this.#options.isBackground,
    );
    this.#sockets.set(key, { link, socket });
  }

  #read(link: Link, bytes: Buffer, source: string): void {
    if (!isOnLink(link, source) || !this.#gate.admits(bytes, source, performance.now())) return;
    const message = readMessage(bytes);
    if (message !== undefined) this.#options.onMessage(message, link, source);
  }

  #tell(address: string, error: unknown): void {
    if (this.#isToldProblem) return;
    this.#isToldProblem = true;
    const cause = error instanceof Error ? error.message : String(error);
    this.#options.onProblem(`Finding games on the local network (mDNS, UDP port 5353) fails at ${address}: ${cause}`);
  }
}

function keyOf({ address, netmask }: Link): string {
  return `${address}/${netmask}`;
}
