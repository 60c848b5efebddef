import { check, same, signal, throws } from "./check.ts";
import { listen } from "./platform-context.ts";
import type { PlatformContext } from "./platform-context.ts";
import type { Scenario } from "./scenario.ts";

/** The discard service: on no machine of today. */
const DEAD_URL = "ws://127.0.0.1:9/";

/** Time, randomness and the program's end. */
export const basicScenarios: readonly Scenario<PlatformContext>[] = [
  {
    name: "timers fire in order, not early, and not once cleared",
    run: async (context) => {
      const { a } = context;
      const { promise, fire } = signal();
      const fired: string[] = [];
      const start = a.now();
      a.setTimeout(() => {
        fired.push("third");
        fire();
      }, 60);
      a.setTimeout(() => fired.push("first"), 0);
      a.setTimeout(() => fired.push("second"), 20);
      a.clearTimeout(a.setTimeout(() => fired.push("cleared"), 10));
      a.clearTimeout(undefined);
      same(fired, [], "before waiting");
      await context.until(promise);
      same(fired, ["first", "second", "third"], "timers");
      // Clocks of timers and of now() may differ by a millisecond.
      check(a.now() - start >= 58, `60 ms took ${a.now() - start} ms`);
    },
  },
  {
    name: "random bytes come in the number asked for, and never twice the same",
    run: async ({ a, b }) => {
      for (const count of [0, 1, 16, 1000]) {
        const bytes = a.randomBytes(count);
        check(bytes instanceof Uint8Array && bytes.length === count, `${count} bytes: ${bytes.length}`);
      }
      const draws = new Set([a, a, b, b].map((platform) => platform.randomBytes(16).join()));
      same(draws.size, 4, "different draws");
    },
  },
  {
    name: "onExit can be undone, twice too",
    run: async ({ a }) => {
      const undo = a.onExit(() => {});
      undo();
      undo();
    },
  },
];

/** WebSockets, to a signaling server and to nowhere. */
export const socketScenarios: readonly Scenario<PlatformContext>[] = [
  {
    name: "a socket opens, gets text, and closes when told to, once",
    run: async (context) => {
      if (context.signalingUrl === undefined) return;
      const socket = context.a.createWebSocket(`${context.signalingUrl}?key=peerjs&id=acceptance1&token=one`);
      const log = listen(socket);
      await context.until(log.opened);
      same(await context.until(log.message), '{"type":"OPEN"}', "the first message");
      socket.send('{"type":"HEARTBEAT"}');
      socket.close();
      socket.close();
      await context.until(log.closed);
      await context.sleep(20);
      // Some servers answer a heartbeat.
      same(
        log.events.filter((event) => event !== "message"),
        ["open", "close"],
        "events",
      );
    },
  },
  {
    name: "a socket that is closed while it connects never opens",
    run: async (context) => {
      if (context.signalingUrl === undefined) return;
      const socket = context.a.createWebSocket(`${context.signalingUrl}?key=peerjs&id=acceptance2&token=two`);
      const log = listen(socket);
      socket.close();
      await context.until(log.closed);
      check(!log.events.includes("open"), `events: ${log.events.join(", ")}`);
    },
  },
  {
    name: "where nothing answers, a socket fails, and the reason can be asked for",
    run: async (context) => {
      const url = context.deadUrl ?? DEAD_URL;
      const socket = context.a.createWebSocket(url);
      const log = listen(socket);
      const { code } = await context.until(log.closed);
      same([code, log.events], [1006, ["error", "close"]], "code and events");
      const { explainSocketFailure } = await context.until(context.a.loadHttp());
      same(await context.until(explainSocketFailure(url, undefined)), "unreachable", "the reason");
    },
  },
  {
    name: "a URL that is none throws",
    run: async ({ a }) => {
      throws(() => a.createWebSocket("ftp://127.0.0.1/"), "createWebSocket() of an ftp URL");
      throws(() => a.createWebSocket("ws://"), "createWebSocket() of an empty URL");
    },
  },
];
