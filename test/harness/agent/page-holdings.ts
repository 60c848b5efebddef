import type { Surroundings } from "./agent.ts";
import type { Holdings } from "./protocol.ts";

/** The longest that a throttled page may have to wait for a timer (Chromium's intensive throttling). */
const MINUTE_MS = 60_000;

/** The browser's own timers, for the agent itself, whatever is done to the library's. */
const native = { setTimeout: window.setTimeout.bind(window), clearTimeout: window.clearTimeout.bind(window) };

/** Counts what a page opens, by standing in front of the constructors. Call before the library is loaded. */
export function watchPage({ minuteTimers }: { minuteTimers: boolean }): Pick<Surroundings, "holdings" | "memory"> {
  const peers = watchConstructor("RTCPeerConnection", (peer) => peer.connectionState !== "closed");
  const sockets = watchConstructor("WebSocket", (socket) => socket.readyState !== WebSocket.CLOSED);
  const timers = watchTimers(minuteTimers);
  return {
    holdings: (): Holdings => ({
      peerConnections: peers.open(),
      sockets: sockets.open(),
      timers: timers.size,
      others: [],
    }),
    memory: async () => {
      const heap = await heapBytes();
      return {
        heapBytes: heap,
        rssBytes: 0,
        peakRssBytes: 0,
        descriptors: 0,
        retained: heap > 0 ? peers.retained() + sockets.retained() : 0,
      };
    },
  };
}

interface Watchable {
  RTCPeerConnection: RTCPeerConnection;
  WebSocket: WebSocket;
}

function watchConstructor<Name extends keyof Watchable>(
  name: Name,
  isOpen: (instance: Watchable[Name]) => boolean,
): { open(): number; retained(): number } {
  // Weak, so that watching does not keep in memory what the library let go.
  let made: WeakRef<Watchable[Name]>[] = [];
  const original: object = Reflect.get(globalThis, name);
  const watched = new Proxy(original, {
    construct(target, args, newTarget) {
      const instance: Watchable[Name] = Reflect.construct(target as new () => Watchable[Name], args, newTarget);
      made.push(new WeakRef(instance));
      return instance;
    },
  });
  Reflect.set(globalThis, name, watched);
  const remaining = (): Watchable[Name][] => {
    made = made.filter((ref) => ref.deref());
    return made.flatMap((ref) => ref.deref() ?? []);
  };
  return { open: () => remaining().filter(isOpen).length, retained: () => remaining().length };
}

function watchTimers(minuteTimers: boolean): Set<number> {
  const running = new Set<number>();
  const started = performance.now();
  const delay = (ms: number): number => {
    if (!minuteTimers) return ms;
    const wake = performance.now() + ms - started;
    return Math.ceil(wake / MINUTE_MS) * MINUTE_MS + started - performance.now();
  };
  const setOnce = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): number => {
    const id = native.setTimeout(() => {
      running.delete(id);
      callback(...args);
    }, delay(ms));
    running.add(id);
    return id;
  };
  const clear = (id: number | undefined): void => {
    if (id !== undefined) running.delete(id);
    native.clearTimeout(id);
  };
  Object.assign(globalThis, { setTimeout: setOnce, clearTimeout: clear });
  return running;
}

/** Needs `--js-flags=--expose-gc` and `--enable-precise-memory-info`; 0 elsewhere. */
async function heapBytes(): Promise<number> {
  const collect: unknown = Reflect.get(globalThis, "gc");
  const memory: unknown = Reflect.get(performance, "memory");
  if (typeof collect !== "function" || typeof memory !== "object" || memory === null) return 0;
  for (let round = 0; round < 3; round += 1) {
    collect();
    // WebRTC's own threads release their ends only after a turn of the event loop.
    await new Promise((resolve) => native.setTimeout(resolve, 50));
  }
  return Number(Reflect.get(memory, "usedJSHeapSize"));
}
