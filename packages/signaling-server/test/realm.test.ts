import { describe, expect, test } from "vitest";
import { offerTo, Scene, shown } from "./scene.ts";

describe("who may connect", () => {
  test("[S20] a client with id, token and the right key gets OPEN", () => {
    expect(new Scene().connect(1, "A")).toEqual(['1 {"type":"OPEN"}']);
  });

  test("[S58] one that said its id in its first frame is told it", () => {
    expect(new Scene().connect(1, "A", { isIntroduced: true })).toEqual(['1 {"id":"A","type":"OPEN"}']);
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

  test("[S24] a full server asks to come again later: code 1013", () => {
    const scene = new Scene({ maxClients: 1 });
    scene.connect(1, "A");
    expect(scene.connect(2, "B")).toContain("2 closed 1013");
    expect(scene.counters.refused["server-full"]).toBe(1);
  });

  test("[S47] no address takes all places", () => {
    const scene = new Scene({ maxClientsPerAddress: 2 });
    scene.connect(1, "A");
    scene.connect(2, "B");
    expect(scene.connect(3, "C")).toEqual([
      '3 {"type":"ERROR","payload":{"msg":"Server has reached its concurrent user limit for one address"}}',
      "3 closed 1013",
    ]);
    expect(scene.connect(4, "D", {}, "192.0.2.2")).toEqual(['4 {"type":"OPEN"}']);
    expect(scene.counters.refused["address-full"]).toBe(1);
  });

  test("[S47] who comes back from the same address, or leaves, makes room", () => {
    const scene = new Scene({ maxClientsPerAddress: 2 });
    scene.connect(1, "A");
    scene.connect(2, "B");
    expect(scene.connect(3, "A")).toContain('3 {"type":"OPEN"}');
    expect(scene.connect(4, "A", {}, "192.0.2.2")).toContain('4 {"type":"OPEN"}');
    expect(scene.connect(5, "C")).toEqual(['5 {"type":"OPEN"}']);
    // B would be the third from there.
    scene.connect(6, "D", {}, "192.0.2.2");
    expect(scene.connect(7, "B", {}, "192.0.2.2")[0]).toContain("for one address");
    expect([scene.realm.clientsFrom("192.0.2.1"), scene.realm.clientsFrom("192.0.2.2")]).toEqual([2, 2]);
  });

  test("[S51] ids can be kept shorter, and to a pattern that the whole id must match", () => {
    const scene = new Scene({ maxIdLength: 6, idPattern: /[A-Z]+/g });
    for (const id of ["ABCDEFG", "AB1", "ab"]) {
      expect(scene.connect(1, id)).toEqual([
        '1 {"type":"ERROR","payload":{"msg":"This id is not allowed on this server"}}',
        "1 closed 1008",
      ]);
    }
    expect(scene.connect(2, "ABCDEF")).toEqual(['2 {"type":"OPEN"}']);
    expect(scene.connect(3, "ABCDE")).toEqual(['3 {"type":"OPEN"}']);
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

  test.each(["OPEN", "ID-TAKEN", "INVALID-KEY", "ERROR", "EXPIRE", "GOAWAY"])(
    "[S26] no client can say %s to another",
    (type) => {
      const scene = new Scene();
      scene.connect(1, "A");
      scene.connect(2, "B");
      expect(scene.send(2, { type, dst: "A", payload: { msg: "go away" } })).toEqual([]);
    },
  );

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
    expect(scene.realm.isWaiting).toBe(false);
  });

  test("[S38] who has no room gets nothing more from others; each of them is told", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B");
    let room = 1;
    scene.realm.roomOf = () => room;
    expect(scene.send(2, offerTo("A"))).toHaveLength(1);
    room = 0;
    expect(scene.send(2, offerTo("A"))).toEqual(['2 {"type":"EXPIRE","src":"A","dst":"B"}']);
    expect(scene.send(2, { type: "LEAVE", dst: "A" })).toEqual([]);
    // What the server itself says is not held back.
    expect(scene.send(1, { type: "HEARTBEAT" })).toEqual(['1 {"type":"HEARTBEAT"}']);
    expect(scene.realm.isWaiting).toBe(false);
    expect(scene.counters).toMatchObject({ delivered: 1, refused: { "waiting-full": 1 } });
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

  test("[S33] a long message counts as several", () => {
    const scene = new Scene({ burst: 10, messagesPerSecond: 5 });
    scene.connect(1, "A");
    scene.connect(2, "B");
    const long = { type: "OFFER", dst: "A", payload: "x".repeat(4 * 2048) };
    expect(scene.send(2, long)[0]).toMatch(/^1 /);
    expect(scene.send(2, long)[0]).toMatch(/^1 /);
    expect(scene.send(2, { type: "HEARTBEAT" })[0]).toContain("Too many messages");
  });

  test("[S33] a message that has to be parsed counts as much more", () => {
    const scene = new Scene({ burst: 130, messagesPerSecond: 5 });
    scene.connect(1, "A");
    scene.connect(2, "B");
    const costly = (bytes: number): string => `{"type":"X","dst":"A","payload":{"\\u0061":"${"x".repeat(bytes)}"}}`;
    // 1 + 7 + 60 of the 130.
    expect(scene.send(2, costly(15 * 1024 + 100))[0]).toMatch(/^1 /);
    expect(scene.send(2, costly(15 * 1024 + 100))[0]).toContain("Too many messages");
    // One that is too long for that costs as much, and goes nowhere.
    scene.connect(3, "C");
    expect(scene.send(3, costly(17 * 1024))).toEqual([]);
    expect(scene.send(3, costly(17 * 1024))[0]).toContain("Too many messages");
    expect(scene.counters.dropped).toBe(1);
  });

  test("[S33] what is written anew and too long then is dropped", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B");
    expect(scene.send(2, `{"type":"X","dst":"A","payload":{"\\u0061":[${"1e20,".repeat(3200)}0]}}`)).toEqual([]);
    expect(scene.counters.dropped).toBe(1);
  });

  test("[S33] pings and fragments count, too", () => {
    const scene = new Scene({ burst: 10, messagesPerSecond: 5 });
    scene.connect(1, "A");
    for (let i = 0; i < 10; i++) expect(scene.strain(1)).toEqual([]);
    expect(scene.strain(1)).toContain("1 closed 1008");
    expect(scene.strain(1)).toEqual([]);
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

describe("the end of the server", () => {
  test("[S46] all clients are told how long they have", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B");
    expect(shown(scene.realm.handle({ type: "draining", ms: 5000 }, scene.now))).toEqual([
      '1 {"type":"GOAWAY","payload":{"ms":5000}}',
      '2 {"type":"GOAWAY","payload":{"ms":5000}}',
    ]);
  });
});

describe("what is counted", () => {
  test("messages by type, what was delivered, expired, dropped", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B");
    scene.connect(3, "A");
    for (const type of ["OFFER", "OFFER", "REJECT", "LEAVE", "ERROR"]) scene.send(2, { type, dst: "A" });
    scene.send(2, { type: "HEARTBEAT" });
    scene.send(2, "{");
    scene.send(2, offerTo("X"));
    scene.after(1000);
    expect(scene.counters).toMatchObject({ accepted: 3, replaced: 1, delivered: 4, expired: 1, dropped: 2 });
    expect(scene.counters.messages).toEqual({ OFFER: 3, ANSWER: 0, CANDIDATE: 0, HEARTBEAT: 1, LEAVE: 1, OTHER: 1 });
  });
});
