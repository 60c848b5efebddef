import { randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import type { Interfaces } from "../addresses/interfaces.ts";
import { checkedAnnouncement, type Announcement } from "./announcement.ts";
import { announcementMessage, asksFor, goodbyeMessage, serviceNames, type ServiceNames } from "./dns-messages.ts";
import type { Link } from "./links.ts";
import { LocalMulticast } from "./local-multicast.ts";

/** How to advertise. */
export interface AdvertiseOptions {
  /**
   * Called at most once, with one line for a person, when the network cannot be advertised at some interface.
   * Advertising goes on where it can.
   */
  readonly onProblem?: (message: string) => void;
  /** The machine's interfaces. @default those of `os.networkInterfaces()` */
  readonly interfaces?: () => Interfaces;
}

/** A network that others on the local network find. */
export interface Advertisement {
  /** Tells others what changed, at most once a second; does nothing after `close()`. @throws RangeError for values out of range */
  update(changes: Partial<Announcement>): void;
  /** Says good-bye; resolves within 500 ms, never rejects. */
  close(): Promise<void>;
}

/** What was sent at one interface, and what is to be. */
interface Pending {
  readonly link: Link;
  sentAt: number;
  /** Further times it is said unasked: the first announcement may be lost (RFC 6762, 8.3). */
  repeats: number;
  timer: NodeJS.Timeout | undefined;
}

// RFC 6762, 6: nothing is multicast again within a second. However many ask, this is the most that is sent.
const PAUSE_MS = 1000;
// RFC 6762, 6: answers that others may have as well wait 20 to 120 ms, so that they do not collide.
const ANSWER_MS = { least: 20, most: 120 };
const GOODBYE_MS = 400;
const ANNOUNCEMENTS = 2;
// 40 bits: no two hosts draw the same.
const UNIQUE_BYTES = 5;

/**
 * Lets others on the local network find a network, by DNS-SD over mDNS at all interfaces, also those that come later.
 * Best effort, in the background: it never throws later, and does not keep the program alive.
 *
 * ```ts
 * import { advertise, startLanServer } from "@clayground/lan";
 *
 * const server = await startLanServer({});
 * const advertisement = advertise({
 *   name: "Anna's game",
 *   codes: server.codes,
 *   nodeCount: 1,
 *   maxNodes: 4,
 *   appId: "org.example.tag",
 *   port: server.port,
 * });
 * advertisement.update({ nodeCount: 2 });
 * await advertisement.close();
 * ```
 *
 * @throws RangeError for values out of range
 */
export function advertise(announcement: Announcement, options: AdvertiseOptions = {}): Advertisement {
  return new BackgroundAdvertisement(announcement, options);
}

class BackgroundAdvertisement implements Advertisement {
  #announcement: Announcement;
  readonly #names: ServiceNames;
  readonly #multicast: LocalMulticast;
  readonly #pending = new Map<string, Pending>();
  #closed: Promise<void> | undefined;

  constructor(announcement: Announcement, { onProblem, interfaces = networkInterfaces }: AdvertiseOptions) {
    this.#announcement = checkedAnnouncement(announcement);
    const unique = randomBytes(UNIQUE_BYTES).toString("hex");
    // It stays the same when the name or the address changes: that is how others know that it is the same network.
    this.#names = serviceNames(this.#announcement.name, unique);
    this.#multicast = new LocalMulticast({
      interfaces,
      needles: ["_clayground", "_services", unique],
      isBackground: true,
      onLink: (link) => this.#announceAt(link),
      onMessage: (message, link) => {
        if (asksFor(message, this.#names)) this.#answerAt(link);
      },
      onProblem: (message) => onProblem?.(message),
    });
  }

  update(changes: Partial<Announcement>): void {
    if (this.#closed !== undefined) return;
    this.#announcement = checkedAnnouncement({ ...this.#announcement, ...changes });
    for (const pending of this.#pending.values()) this.#sendAfter(0, pending);
  }

  close(): Promise<void> {
    this.#closed ??= this.#sayGoodbye();
    return this.#closed;
  }

  #announceAt(link: Link): void {
    clearTimeout(this.#pending.get(link.address)?.timer);
    const pending: Pending = { link, sentAt: -Infinity, repeats: ANNOUNCEMENTS, timer: undefined };
    this.#pending.set(link.address, pending);
    this.#sendAfter(0, pending);
  }

  #answerAt(link: Link): void {
    const pending = this.#pending.get(link.address);
    const delay = ANSWER_MS.least + Math.random() * (ANSWER_MS.most - ANSWER_MS.least);
    if (pending !== undefined) this.#sendAfter(delay, pending);
  }

  /** What is already waiting answers this as well: it says what is true when it is sent. */
  #sendAfter(ms: number, pending: Pending): void {
    if (pending.timer !== undefined || this.#closed !== undefined) return;
    const pause = pending.sentAt + PAUSE_MS - performance.now();
    pending.timer = setTimeout(() => this.#sendNow(pending), Math.max(ms, pause));
    pending.timer.unref();
  }

  #sendNow(pending: Pending): void {
    pending.timer = undefined;
    pending.sentAt = performance.now();
    pending.repeats -= 1;
    const { link } = pending;
    void this.#multicast.send(link, announcementMessage(this.#names, this.#announcement, link.address));
    if (pending.repeats > 0) this.#sendAfter(PAUSE_MS, pending);
  }

  async #sayGoodbye(): Promise<void> {
    for (const { timer } of this.#pending.values()) clearTimeout(timer);
    let timer: NodeJS.Timeout | undefined;
    // Not unref'd: who waits for the end of close() gets it.
    const tooLate = new Promise<void>((resolve) => (timer = setTimeout(resolve, GOODBYE_MS)));
    await Promise.race([this.#multicast.sendEverywhere(goodbyeMessage(this.#names)), tooLate]);
    clearTimeout(timer);
    this.#multicast.close();
  }
}
