import { describe, expect, test } from "vitest";
import type { Network } from "../src/index.ts";
import type { MemoryNetwork } from "../src/testing/index.ts";
import { codeOf, setup } from "./memory-nodes.ts";
import { errorsOf, numbers, record } from "./mesh-nodes.ts";
import { hostRaw } from "./raw-host.ts";
import { joinRaw } from "./raw-joiner.ts";
import type { RawJoiner } from "./raw-joiner.ts";

interface Party {
  readonly net: MemoryNetwork;
  readonly host: Network;
  readonly early: Network;
  readonly late: Network;
  readonly app: RawJoiner;
}

/** A host, a joiner, an existing app, and one more joiner. */
async function party(topology: "star" | "mesh"): Promise<Party> {
  const { net, node } = setup();
  const [host, early, late] = [node("host", { topology }), node("early"), node("late")];
  const code = await net.until(host.host());
  await net.until(early.join(code));
  const app = await joinRaw(net, code, "app", { unannounced: true });
  await net.until(late.join(code));
  await net.advance(500);
  app.packets.length = 0;
  return { net, host, early, late, app };
}

/** What an existing app can show of this: each is one JSON object with keys that it knows. */
function shown(texts: readonly string[]): unknown[] {
  const frames = texts.map((text) => {
    expect(text).not.toContain("\n");
    return JSON.parse(text) as Record<string, unknown>;
  });
  const known = ["t", "d", "from", "to", "q", "ts", "sys", "nodes", "nodeId"];
  expect(frames.flatMap((frame) => Object.keys(frame)).filter((key) => !known.includes(key))).toEqual([]);
  return frames.filter(({ t }) => t === "m" || t === "s").map(({ d }) => d);
}

const JSON_VALUES = [
  1,
  null,
  "text",
  [1, [2]],
  { x: 1, y: 2 },
  { x: 3, y: 4 },
  { x: "\n\u2028" },
  "ü".repeat(1000),
  "x".repeat(100_000),
];
const BYTES = [
  new Uint8Array(3),
  { tiles: new Float32Array(2) },
  [new ArrayBuffer(1)],
  new Uint8Array(100_000),
  new Uint8Array(0),
];

describe.each(["star", "mesh"] as const)("an existing app in a %s", (topology) => {
  test("[F33] gets all JSON up to 256 KiB as plain frames, one by one, from whom it may come", async () => {
    const { net, host, early, late, app } = await party(topology);
    const heard = [record(early), record(late)];
    for (const from of [host, early, late]) for (const value of JSON_VALUES) from.broadcast(value);
    await net.advance(2000);
    const sort = (values: unknown[]): string[] => values.map((value) => JSON.stringify(value)).sort();
    expect(sort(shown(app.received))).toEqual(sort([...JSON_VALUES, ...JSON_VALUES, ...JSON_VALUES]));
    for (const list of heard) expect(list).toHaveLength(2 * JSON_VALUES.length);
  });

  test("[F33] is told nothing that it cannot read: the sender is, and all others hear it", async () => {
    const { net, host, early, late, app } = await party(topology);
    const nodes = [host, early, late];
    for (const value of [...BYTES, "x".repeat(300_000)])
      for (const from of nodes) {
        expect(() => from.sendTo("app", value)).toThrow(expect.objectContaining({ code: "not-supported" }));
        const others = nodes.filter((one) => one !== from).map(record);
        expect(await net.until(codeOf(from.broadcast(value)))).toBe("not-supported");
        app.send('{"t":"p","ts":1}');
        await net.advance(500);
        expect(others.map((list) => list.length)).toEqual([1, 1]);
      }
    expect(shown(app.received)).toEqual([]);
  });

  test("[F33] that cannot read what somebody says who does not wait is told to that one, once", async () => {
    const { net, host, early, late, app } = await party(topology);
    const errors = [host, early, late].map(errorsOf);
    for (const from of [host, early, late]) for (const value of BYTES) from.broadcast(value);
    await net.advance(1000);
    expect(errors).toEqual(numbers(3).map(() => [["not-supported", "app"]]));
    expect(shown(app.received)).toEqual([]);
  });

  test("[F33] gets states without their keys, and none with bytes", async () => {
    const { net, host, early, late, app } = await party(topology);
    const states: unknown[][] = [];
    late.on("stateReceived", (_from, data, { key }) => states.push([data, key]));
    for (const from of [host, early]) {
      from.broadcastState({ x: 1 }, { key: "ball" });
      await net.advance(50);
      from.broadcastState({ tiles: new Uint8Array(2) }, { key: "map" });
      await net.advance(50);
    }
    expect(shown(app.received)).toEqual([{ x: 1 }, { x: 1 }]);
    expect(states).toHaveLength(4);
    expect(late.status + early.status + host.status).toBe("connectedconnectedconnected");
  });

  test("[F33] is heard by all", async () => {
    const { net, host, early, late, app } = await party(topology);
    const heard = [host, early, late].map(record);
    for (const d of numbers(5)) app.send(JSON.stringify({ t: "m", d }));
    await net.advance(500);
    expect(heard).toEqual(numbers(3).map(() => numbers(5).map((d) => ["app", d])));
  });

  test("[F33] that leaves is no hindrance any more", async () => {
    const { net, host, early, app } = await party(topology);
    net.kill(app.id);
    await net.advance(10_000);
    expect(host.nodes).not.toContain("app");
    for (const from of [host, early]) await net.until(from.broadcast(BYTES[0]));
  });
});

describe("behind a host that is an existing app", () => {
  test("[F33] a joiner sends what that one can read, each as a plain frame, and is refused all else", async () => {
    const { net, node } = setup();
    const got: string[] = [];
    await hostRaw(net, "ABCDEF", () => {}, { unannounced: true, received: (text) => got.push(text) });
    const ann = node("ann");
    await net.until(ann.join("ABCDEF"));
    await net.until(Promise.all(JSON_VALUES.map((value) => ann.broadcast(value))));
    await net.advance(100);
    expect(shown(got)).toEqual(JSON_VALUES);
    for (const value of BYTES) {
      expect(() => ann.sendTo("ABCDEF", value)).toThrow(expect.objectContaining({ code: "not-supported" }));
      expect(await net.until(codeOf(ann.broadcast(value)))).toBe("not-supported");
    }
    ann.broadcastState(new Uint8Array(1));
    await net.advance(100);
    expect(shown(got)).toEqual(JSON_VALUES);
  });
});
