import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, type RealmLimits } from "../src/limits.ts";
import { Realm, type ClientQuery, type RealmEffect } from "../src/realm.ts";

/** A realm with a clock that the test moves, and what its sockets got. */
class Scene {
  readonly realm: Realm;
  now = 1000;

  constructor(limits: Partial<RealmLimits> = {}) {
    this.realm = new Realm("peerjs", { ...DEFAULT_LIMITS, ...limits });
  }

  connect(socket: number, id: string, query: ClientQuery = {}): string[] {
    return shown(
      this.realm.handle({ type: "connected", socket, query: { id, token: "t", key: "peerjs", ...query } }, this.now),
    );
  }

  send(socket: number, frame: object | string): string[] {
    const text = typeof frame === "string" ? frame : JSON.stringify(frame);
    return shown(this.realm.handle({ type: "received", socket, text }, this.now));
  }

  disconnect(socket: number, clean = true): void {
    this.realm.handle({ type: "disconnected", socket, clean }, this.now);
  }

  after(ms: number): string[] {
    this.now += ms;
    return shown(this.realm.handle({ type: "ticked" }, this.now));
  }
}

function shown(effects: readonly RealmEffect[]): string[] {
  return effects.map((effect) => `${effect.socket} ${effect.type === "send" ? effect.text : `closed ${effect.code}`}`);
}

const offerTo = (dst: string): object => ({ type: "OFFER", dst, payload: { n: 1 } });
const EXPIRED_FOR_B = '2 {"type":"EXPIRE","src":"A","dst":"B"}';

describe("who may connect", () => {
  test("[S20] a client with id, token and the right key gets OPEN", () => {
    expect(new Scene().connect(1, "A")).toEqual(['1 {"type":"OPEN"}']);
  });

  test.each([
    ["no id", { id: undefined }],
    ["no token", { token: undefined }],
    ["no key", { key: undefined }],
    ["an empty token", { token: "" }],
    ["a token over 128 characters", { token: "x".repeat(129) }],
    ["an id over 64 characters", { id: "x".repeat(65) }],
    ["an id with other letters", { id: "<b>" }],
    ["__proto__ as id", { id: "__proto__" }],
  ])("[S20] with %s it gets ERROR and is closed", (_what, query) => {
    const scene = new Scene();
    expect(scene.connect(1, "A", query)).toEqual([
      '1 {"type":"ERROR","payload":{"msg":"No id, token, or key supplied to websocket server"}}',
      "1 closed 1008",
    ]);
    expect(scene.realm.clients).toBe(0);
  });

  test("[S20] with another key it gets INVALID-KEY", () => {
    expect(new Scene().connect(1, "A", { key: "other" })).toEqual([
      '1 {"type":"INVALID-KEY","payload":{"msg":"Invalid key provided"}}',
      "1 closed 1008",
    ]);
  });

  test("[S21] the same id with another token is taken, and its holder notices nothing", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    expect(scene.connect(2, "A", { token: "other" })).toEqual([
      '2 {"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}',
      "2 closed 1008",
    ]);
    scene.connect(3, "B");
    expect(scene.send(3, offerTo("A"))).toEqual(['1 {"type":"OFFER","src":"B","dst":"A","payload":{"n":1}}']);
  });

  test("[S22] the same id and token take their place back at once, and the late end of the old socket changes nothing", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B");
    expect(scene.connect(3, "A")).toEqual(["1 closed 4000", '3 {"type":"OPEN"}']);
    expect(scene.send(1, offerTo("B"))).toEqual([]);
    scene.disconnect(1, false);
    expect(scene.realm.clients).toBe(2);
    expect(scene.send(2, offerTo("A"))).toEqual(['3 {"type":"OFFER","src":"B","dst":"A","payload":{"n":1}}']);
  });

  test("[S23] an id that was lost is kept 5 s for its token, one that was given up is free", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.disconnect(1, false);
    expect(scene.connect(2, "A", { token: "thief" })[0]).toContain("ID-TAKEN");
    expect(scene.connect(3, "A")).toEqual(['3 {"type":"OPEN"}']);
    scene.disconnect(3, true);
    expect(scene.connect(4, "A", { token: "next" })).toEqual(['4 {"type":"OPEN"}']);
    scene.disconnect(4, false);
    scene.after(5000);
    expect(scene.connect(5, "A", { token: "later" })).toEqual(['5 {"type":"OPEN"}']);
  });

  test("[S24] one client too many gets ERROR; who comes back does not count twice", () => {
    const scene = new Scene({ maxClients: 2 });
    scene.connect(1, "A");
    scene.connect(2, "B");
    expect(scene.connect(3, "C")[0]).toContain("Server has reached its concurrent user limit");
    expect(scene.connect(4, "A")).toContain('4 {"type":"OPEN"}');
    scene.disconnect(2);
    expect(scene.connect(5, "C")).toEqual(['5 {"type":"OPEN"}']);
  });
});

describe("what goes from one to another", () => {
  test.each(["OFFER", "ANSWER", "CANDIDATE", "LEAVE", "REJECT", "SOMETHING-NEW"])(
    "[S25] %s is forwarded, its src always the sender's",
    (type) => {
      const scene = new Scene();
      scene.connect(1, "A");
      scene.connect(2, "B");
      const payload = { deep: [{ ü: null }], n: 0.1 };
      expect(scene.send(2, { payload, dst: "A", src: "FORGED", type })).toEqual([
        `1 {"type":"${type}","src":"B","dst":"A","payload":${JSON.stringify(payload)}}`,
      ]);
    },
  );

  test.each(["OPEN", "ID-TAKEN", "INVALID-KEY", "ERROR", "EXPIRE"])("[S26] no client can say %s to another", (type) => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B");
    expect(scene.send(2, { type, dst: "A", payload: { msg: "go away" } })).toEqual([]);
  });

  test("[S27] HEARTBEAT is echoed, except to PeerJS, which does not know the answer", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B", { version: "1.5.4" });
    scene.connect(3, "C", { version: "clay-1" });
    expect(scene.send(1, { type: "HEARTBEAT" })).toEqual(['1 {"type":"HEARTBEAT"}']);
    expect(scene.send(2, { type: "HEARTBEAT" })).toEqual([]);
    expect(scene.send(3, { type: "HEARTBEAT", dst: "A" })).toEqual(['3 {"type":"HEARTBEAT"}']);
  });

  test.each([
    "",
    "{",
    "[]",
    "null",
    '{"dst":"A"}',
    '{"type":"OFFER"}',
    '{"type":"OFFER","dst":5}',
    '{"type":"OFFER","dst":"__proto__"}',
    "[".repeat(10_000),
  ])("[S14] broken frame %# is ignored", (text) => {
    const scene = new Scene();
    scene.connect(1, "A");
    expect(scene.send(1, text)).toEqual([]);
    expect(scene.realm.clients).toBe(1);
    expect(scene.realm.waiting).toBe(false);
  });

  test("[S28] LEAVE without dst gives the id up", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    expect(scene.send(1, { type: "LEAVE" })).toEqual(["1 closed 1000"]);
    expect(scene.connect(2, "A", { token: "next" })).toEqual(['2 {"type":"OPEN"}']);
  });

  test("[S29] a client that disconnects ends nothing for the others", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B");
    scene.send(2, offerTo("A"));
    scene.disconnect(1, false);
    expect(scene.after(60_000)).toEqual([]);
  });
});

describe("messages for somebody who is not here", () => {
  test("[S30] a code that nobody hosts is answered after a second, once for all messages", () => {
    const scene = new Scene();
    scene.connect(2, "B");
    expect(scene.send(2, offerTo("A"))).toEqual([]);
    expect(scene.send(2, { type: "CANDIDATE", dst: "A" })).toEqual([]);
    expect(scene.after(999)).toEqual([]);
    expect(scene.after(1)).toEqual([EXPIRED_FOR_B]);
    expect(scene.after(10_000)).toEqual([]);
    expect(scene.realm.waitingLength).toBe(0);
  });

  test("[S30] who connects within that second gets them in order, after OPEN", () => {
    const scene = new Scene();
    scene.connect(2, "B");
    scene.send(2, offerTo("A"));
    scene.send(2, { type: "CANDIDATE", dst: "A", payload: 2 });
    scene.after(500);
    expect(scene.connect(1, "A")).toEqual([
      '1 {"type":"OPEN"}',
      '1 {"type":"OFFER","src":"B","dst":"A","payload":{"n":1}}',
      '1 {"type":"CANDIDATE","src":"B","dst":"A","payload":2}',
    ]);
    expect(scene.after(10_000)).toEqual([]);
  });

  test("[S31] for somebody who was here a moment ago they wait until 5 s after he went", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B");
    scene.disconnect(1, false);
    scene.after(2000);
    scene.send(2, offerTo("A"));
    expect(scene.after(2999)).toEqual([]);
    expect(scene.after(1)).toEqual([EXPIRED_FOR_B]);
  });

  test("[S31] they never wait less than a second", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B");
    scene.disconnect(1);
    scene.after(4900);
    scene.send(2, offerTo("A"));
    expect(scene.after(999)).toEqual([]);
    expect(scene.after(1)).toEqual([EXPIRED_FOR_B]);
  });

  test("[S30] LEAVE does not wait, and a sender who is gone is told nothing", () => {
    const scene = new Scene();
    scene.connect(2, "B");
    scene.send(2, { type: "LEAVE", dst: "A" });
    expect(scene.realm.waiting).toBe(false);
    scene.send(2, offerTo("A"));
    scene.disconnect(2);
    expect(scene.after(1000)).toEqual([]);
  });

  test("[S32] what finds no room is answered at once", () => {
    const byNumber = new Scene({ maxWaitingPerPeer: 2 });
    byNumber.connect(2, "B");
    byNumber.send(2, offerTo("A"));
    byNumber.send(2, offerTo("A"));
    expect(byNumber.send(2, offerTo("A"))).toEqual([EXPIRED_FOR_B]);
    expect(byNumber.send(2, offerTo("C"))).toEqual([]);

    const byLength = new Scene({ maxWaitingLength: 100 });
    byLength.connect(2, "B");
    byLength.send(2, offerTo("A"));
    expect(byLength.send(2, offerTo("A"))).toEqual([EXPIRED_FOR_B]);
    expect(byLength.realm.waitingLength).toBeLessThanOrEqual(100);
  });
});

describe("who sends too much", () => {
  test("[S33] a flood ends with ERROR and a closed socket; the others go on", () => {
    const scene = new Scene({ burst: 10, messagesPerSecond: 5 });
    scene.connect(1, "A");
    scene.connect(2, "B");
    for (let i = 0; i < 10; i++) expect(scene.send(2, offerTo("A"))).toHaveLength(1);
    expect(scene.send(2, offerTo("A"))).toEqual([
      '2 {"type":"ERROR","payload":{"msg":"Too many messages"}}',
      "2 closed 1008",
    ]);
    expect(scene.send(2, offerTo("A"))).toEqual([]);
    expect(scene.send(1, { type: "HEARTBEAT" })).toHaveLength(1);
  });

  test("[S33] who keeps to the rate may send for ever", () => {
    const scene = new Scene({ burst: 10, messagesPerSecond: 5 });
    scene.connect(1, "A");
    for (let i = 0; i < 1000; i++) {
      scene.now += 200;
      expect(scene.send(1, { type: "HEARTBEAT" })).toEqual(['1 {"type":"HEARTBEAT"}']);
    }
  });
});

describe("any sequence of events", () => {
  test("[S34] only clients get frames, no id has two sockets, and what waits stays bounded", () => {
    const random = mulberry32(2);
    const pick = (count: number): number => Math.floor(random() * count);
    const limits = { maxClients: 5, burst: 20, messagesPerSecond: 50, maxWaitingPerPeer: 4, maxWaitingLength: 2000 };
    const scene = new Scene(limits);
    const open = new Map<number, string>();
    let next = 1;
    const apply = (effects: readonly RealmEffect[]): void => {
      for (const effect of effects) {
        expect(open.has(effect.socket), "effect for a socket that is closed").toBe(true);
        if (effect.type === "close") open.delete(effect.socket);
      }
    };
    for (let i = 0; i < 20_000; i++) {
      scene.now += pick(50);
      const sockets = [...open.keys()];
      const socket = sockets[pick(sockets.length)] ?? 0;
      const id = `P${pick(8)}`;
      const chance = pick(20);
      if (chance < 2) {
        const number = next++;
        open.set(number, id);
        apply(
          scene.realm.handle(
            { type: "connected", socket: number, query: { id, token: `t${pick(2)}`, key: pick(9) ? "peerjs" : "x" } },
            scene.now,
          ),
        );
      } else if (chance === 2) {
        open.delete(socket);
        apply(scene.realm.handle({ type: "disconnected", socket, clean: pick(2) === 0 }, scene.now));
      } else if (chance === 3) {
        apply(scene.realm.handle({ type: "ticked" }, scene.now));
      } else {
        const type = ["OFFER", "CANDIDATE", "LEAVE", "HEARTBEAT", "ERROR"][pick(5)];
        const text = pick(10)
          ? JSON.stringify({ type, ...(pick(9) && { dst: id }), payload: "x".repeat(pick(300)) })
          : "{";
        apply(scene.realm.handle({ type: "received", socket, text }, scene.now));
      }
      expect(scene.realm.clients).toBeLessThanOrEqual(5);
      expect(scene.realm.clients).toBe(new Set(open.values()).size);
      expect(open.size).toBe(scene.realm.clients);
      expect(scene.realm.waitingLength).toBeLessThanOrEqual(2000);
    }
    scene.after(10_000);
    expect(scene.realm.waitingLength).toBe(0);
    expect(scene.realm.waiting).toBe(false);
  });
});

/** Seeded random numbers from 0 to 1, so that a failure repeats. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
