import { startAttempt } from "./attempt.ts";
import type { Attempt } from "./attempt.ts";
import { PhaseTimer } from "./diagnostics/phase-timer.ts";
import { aborted, NetworkError } from "./errors.ts";
import type { MessageOf, NetworkEvents, NetworkSnapshot, NetworkTypes, StateOf } from "./events.ts";
import { DISCONNECTED, NetworkState } from "./network-state.ts";
import { CHANGEABLE, checkSetting, defaultSettings, PUBLIC_SIGNALING, toIceServers } from "./options.ts";
import type { NetworkSettings } from "./options.ts";
import type { Platform } from "./platform/platform.ts";
import type { LanPlace, Session, SessionEvents, SessionOptions } from "./session/session.ts";
import type * as sessions from "./session/sessions.ts";
import { Emitter } from "./util/emitter.ts";

/** A host without `connectionTimeout` still frees a seat whose joiner never finishes, after this many milliseconds. */
const HANDSHAKE_LIMIT = 30_000;

/** The same for all, because most have none. */
const NO_INFO = Object.freeze({});

/** Listeners of `subscribe` hear of "*"; no signal of the component has such a name. */
export type AllEvents<T extends NetworkTypes> = NetworkEvents<T> & { "*": [] };

/** Makes the session of one stay in a network, from what was loaded for that. */
export type SessionFactory = (sessions: Sessions, options: SessionOptions, events: SessionEvents) => Session;

type Sessions = typeof sessions;

/** From disconnected to connected and back: one attempt and one session at a time, and what is told of them. */
export class Lifecycle<T extends NetworkTypes> {
  readonly platform: Platform;
  readonly settings: NetworkSettings = defaultSettings();
  readonly emitter: Emitter<AllEvents<T>>;
  readonly state: NetworkState;
  #attempt: Attempt | undefined;
  #session: Session | undefined;
  #isNotifying = false;
  #forgetExit: (() => void) | undefined;

  constructor(platform: Platform) {
    this.platform = platform;
    this.emitter = new Emitter((error) => platform.reportError(error));
    this.state = new NetworkState(
      () => platform.now(),
      (name) => this.#changed(name),
    );
    // In good time; where that fails, `start` tells it.
    loadSessions().catch(() => {});
  }

  /** The session while connected; throws `not-connected`. */
  get connected(): Session {
    if (!this.#session || !this.state.current.connected) throw new NetworkError("not-connected");
    return this.#session;
  }

  /** The session, connected or on the way to it. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Checks and takes a setting. Throws `invalid-option`, `not-supported` and, in a network, `invalid-state`. */
  configure<K extends keyof NetworkSettings>(name: K, value: NetworkSettings[K]): void {
    checkSetting(name, value);
    if ((this.#attempt || this.#session) && !CHANGEABLE.includes(name))
      throw new NetworkError("invalid-state", `${name} is fixed in a network`, { name });
    this.settings[name] = value;
  }

  /**
   * Starts an attempt; the promise settles once it is in, or has failed.
   *
   * @param lan what was typed that is no code of the cloud, or `true` for a host in LAN mode
   */
  async start(signal: AbortSignal | undefined, create: SessionFactory, lan?: string | true): Promise<void> {
    if (this.#attempt || this.#session) throw new NetworkError("invalid-state", `already ${this.state.current.status}`);
    if (signal?.aborted) throw aborted(signal);
    const { platform, settings, emitter, state } = this;
    state.set({ ...DISCONNECTED, status: "connecting" });
    const limit = settings.connectionTimeout;
    const attempt = startAttempt(
      platform,
      limit,
      signal,
      () => this.#timedOut(limit),
      () => this.leave(aborted(signal)),
    );
    this.#attempt = attempt;
    const { iceServers: source } = settings;
    const signalingUrl = settings.signalingUrl || platform.signalingUrl() || PUBLIC_SIGNALING;
    const isPlain = lan === undefined && typeof source === "object" && !platform.resolveIceServers;
    const list = isPlain ? toIceServers(source) : [];
    // Later, so that who tries again on each failure still gives the event loop back.
    const fail = (cause: unknown): void =>
      void platform.setTimeout(() => {
        if (this.#attempt === attempt)
          this.#fail(
            cause instanceof NetworkError ? cause : new NetworkError("not-supported", String(cause), {}, cause),
          );
      }, 0);
    const begin = ([sessions, place]: readonly [Sessions, LanPlace | undefined]): void => {
      if (this.#attempt !== attempt) return;
      try {
        const handshakeLimit = limit || HANDSHAKE_LIMIT;
        const common = { platform, signalingUrl, iceServers: list, settings, handshakeLimit };
        this.#session = create(sessions, { ...common, ...place }, this.#listen());
        state.observe(this.#session);
        this.#forgetExit = platform.onExit(() => this.leave(aborted(), true));
      } catch (error) {
        fail(error);
      }
    };
    const prepared = isPlain
      ? undefined
      : import("./preparation.ts").then(({ prepare }) =>
          // It may be over by now, and then nothing tells it so.
          this.#attempt === attempt
            ? prepare({ platform, emitter, state, source, signalingUrl, list, lan })
            : undefined,
        );
    Promise.all([loadSessions(), prepared]).then(begin, fail);
    return attempt.promise;
  }

  /** Leaves, or ends the attempt, as the application wishes: it gets no more messages. */
  leave(reason: NetworkError = aborted(), isExit = false): void {
    this.emitter.discard(["messageReceived", "stateReceived", "messageProgress"]);
    this.#close(reason, isExit);
  }

  #close(reason: NetworkError, isExit = false): void {
    this.#release(isExit);
    this.state.set(DISCONNECTED);
    this.#settle(reason);
  }

  /** What the session tells; one that was closed says nothing any more, so all of it is current. */
  #listen(): SessionEvents {
    const { state, emitter, settings } = this;
    const phases = new PhaseTimer(() => this.platform.now());
    return {
      phase: (phase) => state.set({ phaseTiming: phases.enter(phase), connectionPhase: phase }),
      connected: () => {
        const { nodeId, hostId, networkId, nodes } = this.#session!;
        const phaseTiming = phases.enter("");
        const isHost = nodeId === hostId;
        state.set({ networkId, nodeId, isHost, nodes, nodeCount: nodes.length + 1, connectionPhase: "", phaseTiming });
        state.set({ status: "connected", connected: true });
        if (isHost) emitter.emit("networkCreated", networkId);
        this.#settle();
      },
      joined: (id) => this.#rosterChanged("nodeJoined", id),
      left: (id) => this.#rosterChanged("nodeLeft", id),
      message: (from, data, to) =>
        emitter.emit("messageReceived", from, data as MessageOf<T>, to === undefined ? NO_INFO : { to }),
      state: (from, data, key) =>
        emitter.emit("stateReceived", from, data as StateOf<T>, key === undefined ? NO_INFO : { key }),
      progress: (from, progress) => emitter.emit("messageProgress", from, progress),
      trouble: (error) => emitter.emit("errorOccurred", error.message, error),
      ended: (error) => (error ? this.#fail(error) : this.#close(aborted())),
      measured: () => state.measured(),
      diagnostic: (phase, detail) => settings.verbose && emitter.emit("diagnosticMessage", phase, detail()),
    };
  }

  #rosterChanged(event: "nodeJoined" | "nodeLeft", id: string): void {
    const nodes = this.#session?.nodes ?? [];
    this.state.set({ nodes, nodeCount: nodes.length + 1 });
    this.emitter.emit(event, id);
  }

  #timedOut(limit: number): void {
    this.emitter.emit("connectionTimedOut");
    const phase = this.state.current.connectionPhase;
    this.#fail(new NetworkError("timeout", `${limit} ms (${phase})`, { limit, phase }));
  }

  #fail(error: NetworkError): void {
    const { connectionPhase, phaseTiming } = this.state.current;
    this.#release();
    this.emitter.emit("errorOccurred", error.message, error);
    this.state.set({ ...DISCONNECTED, connectionPhase, phaseTiming, status: "error" });
    this.#settle(error);
  }

  #settle(error?: NetworkError): void {
    this.#attempt?.settle(error);
    this.#attempt = undefined;
  }

  #release(isExit = false): void {
    this.#forgetExit?.();
    this.#forgetExit = undefined;
    const session = this.#session;
    this.#session = undefined;
    this.state.observe(undefined);
    session?.close(isExit);
  }

  #changed(name: keyof NetworkSnapshot): void {
    const event = `${name}Changed` as keyof AllEvents<T>;
    // The key and its value belong together, which TypeScript cannot see for a computed name. Statistics are made for who listens.
    if (!name.endsWith("Stats") || this.emitter.has(event))
      this.emitter.emit(event, ...([this.state.get(name)] as never));
    if (this.#isNotifying) return;
    this.#isNotifying = true;
    queueMicrotask(() => {
      this.#isNotifying = false;
      this.emitter.emit("*");
    });
  }
}

/** A part of its own, so that a page shows itself before all of it is here. */
function loadSessions(): Promise<Sessions> {
  return import("./session/sessions.ts");
}
