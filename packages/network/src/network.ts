import { normalizeNetworkCode } from "@clayground/protocol";
import { aborted, NetworkError } from "./errors.ts";
import type { MessageOf, NetworkEvents, NetworkHandlers, NetworkSnapshot, NetworkTypes, StateOf } from "./events.ts";
import { Lifecycle } from "./lifecycle.ts";
import { READABLE } from "./network-state.ts";
import { isSetting, SETTINGS } from "./options.ts";
import type { NetworkSettings } from "./options.ts";
import { browserPlatform } from "./platform/browser.ts";
import type { Platform } from "./platform/platform.ts";
import type { Delivery } from "./session/delivery.ts";
import type { Session } from "./session/session.ts";
import type { SendOptions } from "./session/transfer-wire.ts";

/** Options of {@link Network}: every setting, every handler, and the runtime. */
export type NetworkOptions<T extends NetworkTypes = NetworkTypes> = Partial<NetworkSettings> &
  NetworkHandlers<T> & {
    /** What the runtime gives. @default the browser's; in `@clayground/network-node` Node's */
    platform?: Platform;
  };

/** Options of {@link Network.host}. */
export interface HostOptions {
  /** Ends the attempt. */
  signal?: AbortSignal;
}

/** The properties of a network: everything readable, and every setting, checked when it is set. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging, no-unused-vars -- the static block below defines all; T must be named alike
export interface Network<T extends NetworkTypes = NetworkTypes> extends NetworkSnapshot, NetworkSettings {}

/**
 * A network of up to 8 nodes: one hosts, the others join by its code, data goes peer to peer.
 *
 * @example
 * ```ts
 * const network = new Network({ maxNodes: 4 });
 * network.on("messageReceived", (from, data) => console.log(from, data));
 * const code = await network.host(); // the others: await network.join(code)
 * network.broadcast({ hello: "everybody" });
 * ```
 */
export class Network<T extends NetworkTypes = NetworkTypes> {
  readonly #life: Lifecycle<T>;

  /** @throws NetworkError `invalid-option` or `not-supported`, for an option that cannot be. */
  constructor(options: NetworkOptions<T> = {}) {
    this.#life = new Lifecycle(options.platform ?? browserPlatform());
    for (const [name, value] of Object.entries(options)) {
      if (name === "platform" || value === undefined) continue;
      if (isSetting(name)) this.#life.configure(name, value as never);
      else if (/^on[A-Z]/.test(name) && typeof value === "function")
        this.on((name[2]!.toLowerCase() + name.slice(3)) as keyof NetworkEvents<T>, value as () => void);
      else throw new NetworkError("invalid-option", name, { name });
    }
  }

  /**
   * Creates a network and becomes its host.
   *
   * @returns the code by which others join
   * @throws NetworkError (rejection) `invalid-state`, `aborted`, `timeout`, `signaling-…`; in LAN mode `lan-unavailable`, `not-supported`
   */
  host(options: HostOptions = {}): Promise<string> {
    let session: Session;
    const started = this.#life.start(
      options.signal,
      ({ HostSession }, ...what) => (session = new HostSession(...what)),
      this.signalingMode === "local" || undefined,
    );
    return quiet(started.then(() => session.networkId));
  }

  /**
   * Joins the network with this code; case, spaces and dashes in it are forgiven. A LAN code (`L1H9U1VM-102H`) leads to
   * a host in the same local network; of several codes of one network, as discovery gives them, the first that answers counts.
   *
   * @throws NetworkError (rejection) `invalid-code`, `no-such-network`, `network-full`, `refused`,
   * `connection-failed`, `lan-…`, `webrtc-unavailable`, `invalid-state`, `aborted`, `timeout`, `signaling-…`
   */
  join(networkId: string | readonly string[], options: { signal?: AbortSignal } = {}): Promise<void> {
    const typed = String(networkId);
    const code = normalizeNetworkCode(typed);
    return quiet(
      this.#life.start(
        options.signal,
        ({ JoinerSession }, session, events) => new JoinerSession(code ?? session.lanCode!, session, events),
        code ? undefined : typed,
      ),
    );
  }

  /** Leaves the network, or ends the attempt to get into one: at once, from every state, without throwing. */
  leave(): void {
    this.#life.leave();
  }

  /**
   * Sends a message to all other nodes; it arrives, and in order. Any JSON, bytes (`Uint8Array` and its like, `ArrayBuffer`,
   * `Blob`), or both; the others get the same types. One over 64 KiB, or with a `Blob`, goes beside the others, so that they
   * need not wait, and may be overtaken: await it where order matters.
   *
   * @returns a promise for when all others have it (behind a star's host: when the host has it, of a long one all);
   * it may be ignored. Who leaves meanwhile is not waited for. Rejects with `queue-full`, `undelivered`, `aborted`, `message-too-large`
   * (a receiver's limit), `not-supported` (bytes, or over 256 KiB, for an existing app; the others get it)
   * @throws NetworkError `not-connected`, `invalid-data`, `message-too-large`
   */
  broadcast(data: MessageOf<T>, options: SendOptions = {}): Delivery {
    return this.#life.connected.broadcast(data, options);
  }

  /**
   * Sends a message to one node, whichever connects to it; it arrives, and in order. All else as with `broadcast`.
   *
   * @example
   * ```ts
   * const tiles = new Uint8Array(1_000_000);
   * await network.sendTo("ABC234", { level: 3, tiles }, { onProgress: ({ sent, total }) => show(`${sent} of ${total}`) });
   * ```
   *
   * @throws NetworkError `not-connected`, `unknown-node`, `invalid-data`, `message-too-large`, `not-supported`
   */
  sendTo(nodeId: string, data: MessageOf<T>, options: SendOptions = {}): Delivery {
    const session = this.#life.connected;
    if (!session.nodes.includes(nodeId)) throw new NetworkError("unknown-node", nodeId, { nodeId });
    return session.sendTo(nodeId, data, options);
  }

  /** Bytes of messages that wait for a node, or that it has not acknowledged yet; 0 for who is not in the network. */
  bufferedAmount(nodeId: string): number {
    const { session } = this.#life;
    return session?.nodes.includes(nodeId) ? session.bufferedAmount(nodeId) : 0;
  }

  /**
   * Sends this node's newest state to all others, many times a second: it may get lost, and an older one is
   * never delivered after a newer one. One that has not left yet, because the way is busy, is replaced. While not connected it
   * does nothing, so that a game's loop can go on.
   *
   * @param options `key`: only updates of the same key replace each other, 64 characters and 256 keys at the most
   * @throws NetworkError `invalid-data`, `message-too-large`, `invalid-option`
   */
  broadcastState(data: StateOf<T>, { key }: { key?: string } = {}): void {
    if (this.connected) this.#life.connected.broadcastState(data, key);
  }

  /** Listens to a signal. Returns its undo. */
  on<K extends keyof NetworkEvents<T>>(name: K, listener: (...args: NetworkEvents<T>[K]) => void): () => void {
    return this.#life.emitter.on(name, listener);
  }

  /**
   * The next time that a signal is fired, with its arguments.
   *
   * @throws NetworkError (rejection) `aborted`, by the signal
   */
  once<K extends keyof NetworkEvents<T>>(
    name: K,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<NetworkEvents<T>[K]> {
    return quiet(
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(aborted(signal));
        const abort = (): void => {
          off();
          reject(aborted(signal));
        };
        const off = this.on(name, (...args) => {
          off();
          signal?.removeEventListener("abort", abort);
          resolve(args);
        });
        signal?.addEventListener("abort", abort, { once: true });
      }),
    );
  }

  /** Calls back after something in `snapshot()` changed, once for changes of the same moment. Returns its undo. Bound: `useSyncExternalStore(network.subscribe, network.snapshot)`. */
  readonly subscribe = (listener: () => void): (() => void) => this.#life.emitter.on("*", listener);

  /** Everything readable at this moment: immutable, and the same object until something changes. Bound. */
  readonly snapshot = (): NetworkSnapshot => this.#life.state.snapshot();

  /** Milliseconds since a node's newest state update came; -1 when unknown. */
  stateAgeMs(nodeId: string): number {
    return this.#life.session?.states.ageMs(nodeId, this.#life.platform.now()) ?? -1;
  }

  /** Each readable value and each setting is a property; what it means is said once, where its type is. */
  static {
    const define = (name: string, property: PropertyDescriptor & ThisType<Network>): void => {
      Object.defineProperty(Network.prototype, name, property);
    };
    for (const name of READABLE)
      define(name, {
        get() {
          return this.#life.state.get(name);
        },
      });
    for (const name of SETTINGS)
      define(name, {
        get() {
          return this.#life.settings[name];
        },
        set(value: never) {
          this.#life.configure(name, value);
        },
      });
  }
}

/** Whoever listens to the signals need not catch the promise as well: unawaited, it crashes no program. */
function quiet<P>(promise: Promise<P>): Promise<P> {
  promise.catch(() => {});
  return promise;
}
