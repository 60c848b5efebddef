import { expect, test } from "vitest";
import { Counters } from "../src/counters.ts";
import { outgoingText } from "../src/forwarded-frame.ts";
import { DEFAULT_LIMITS, type RealmLimits } from "../src/limits.ts";
import { Realm, type RealmEffect, type RealmEvent } from "../src/realm.ts";
import { seededRandom, type Random } from "./random.ts";

const LIMITS = {
  ...DEFAULT_LIMITS,
  maxClients: 12,
  maxClientsPerAddress: 4,
  burst: 20,
  messagesPerSecond: 2,
  maxWaitingPerPeer: 4,
  maxWaitingLengthPerPeer: 800,
  maxWaitingLength: 2000,
};
const IDS = Array.from({ length: 16 }, (_, i) => `P${i}`);
const ADDRESSES = ["a", "b", "c", "d"];

interface Socket {
  readonly id: string;
  readonly address: string;
  isClient: boolean;
}

/** Looks at a realm from outside: what it was told, and what it should be like after that. */
class Witness {
  readonly counters = new Counters();
  readonly realm: Realm;
  readonly open = new Map<number, Socket>();
  /** Messages on their way: number, sender and receiver. */
  readonly pending = new Map<number, { src: string; dst: string }>();
  now = 0;
  #nextSocket = 1;
  #nextMessage = 1;
  #sending: number | undefined;
  #counted: readonly number[] = [];

  constructor(limits: RealmLimits = LIMITS) {
    this.realm = new Realm("peerjs", limits, this.counters);
  }

  connect(id: string, token: string, key: string, address: string): void {
    const socket = this.#nextSocket++;
    this.open.set(socket, { id, address, isClient: false });
    const event = { type: "connected", socket, query: { id, token, key }, address } as const;
    const effects = this.handle(event);
    const isAccepted = effects.some((effect) => effect.type === "accept" && effect.socket === socket);
    const isClosed = effects.some((effect) => effect.type === "close" && effect.socket === socket);
    must(isAccepted !== isClosed, "a socket is accepted or closed");
  }

  send(socket: number, type: string, dst: string, padding: number): void {
    const from = this.open.get(socket);
    const number = this.#nextMessage++;
    this.#sending = number;
    const isForwarded = ["OFFER", "CANDIDATE", "LEAVE"].includes(type);
    if (isForwarded && from?.isClient === true) this.pending.set(number, { src: from.id, dst });
    const effects = this.receive(
      socket,
      JSON.stringify({ type, dst, payload: { number, padding: "x".repeat(padding) } }),
    );
    this.#sending = undefined;
    // Who floods, or leaves, has sent nothing more; LEAVE does not wait.
    const isGone = effects.some((effect) => effect.type === "close" && effect.socket === socket);
    if (isGone || (type === "LEAVE" && this.pending.has(number))) this.pending.delete(number);
  }

  receive(socket: number, text: string): readonly RealmEffect[] {
    return this.handle({ type: "received", socket, frame: Buffer.from(text) });
  }

  disconnect(socket: number, clean: boolean): void {
    this.open.delete(socket);
    must(this.handle({ type: "disconnected", socket, clean }).length === 0, "the end of a socket is told to nobody");
  }

  handle(event: RealmEvent): readonly RealmEffect[] {
    const effects = this.realm.handle(event, this.now);
    for (const effect of effects) this.#watch(effect);
    this.#check();
    return effects;
  }

  #watch(effect: RealmEffect): void {
    const socket = this.open.get(effect.socket);
    if (!socket) throw new Error("an effect is for a socket that is open");
    if (effect.type === "accept") {
      must(effect.id === socket.id, "a client gets its own id");
      socket.isClient = true;
    } else if (effect.type === "close") {
      this.open.delete(effect.socket);
    } else {
      this.#watchSent(socket, JSON.parse(outgoingText(effect.frame)) as { [key: string]: unknown });
    }
  }

  #watchSent(to: Socket, frame: { [key: string]: unknown }): void {
    const { type, src, dst, payload } = frame;
    if (type === "EXPIRE") {
      must(dst === to.id, "EXPIRE goes to the sender");
      for (const [number, message] of this.pending) {
        // What found no room is answered at once; what was there before goes on waiting.
        const isMeant = this.#sending === undefined || this.#sending === number;
        if (isMeant && message.src === dst && message.dst === src) this.pending.delete(number);
      }
    } else if (typeof payload === "object" && payload !== null && "number" in payload) {
      const sent = this.pending.get(payload.number as number);
      must(sent !== undefined, "a message arrives once");
      must(src === sent?.src && dst === sent?.dst && dst === to.id, "a message goes from its sender to its receiver");
      this.pending.delete(payload.number as number);
    } else {
      must(
        ["OPEN", "ID-TAKEN", "INVALID-KEY", "ERROR", "HEARTBEAT", "GOAWAY"].includes(String(type)),
        "clients get what the protocol has",
      );
    }
  }

  #check(): void {
    const clients = [...this.open.values()].filter(({ isClient }) => isClient);
    const ids = clients.map(({ id }) => id);
    must(new Set(ids).size === ids.length, "one client for an id");
    must([...this.realm.peers()].sort().join() === ids.sort().join(), "peers() has the clients");
    must(this.open.size === clients.length, "who is no client is closed");
    must(this.realm.clients <= LIMITS.maxClients, "maxClients");
    for (const address of ADDRESSES) {
      const count = clients.filter((client) => client.address === address).length;
      must(this.realm.clientsFrom(address) === count, "addresses are counted exactly");
      must(count <= LIMITS.maxClientsPerAddress, "maxClientsPerAddress");
    }
    const { peers, messages, length } = this.realm.waiting;
    must(length <= LIMITS.maxWaitingLength && length <= peers * LIMITS.maxWaitingLengthPerPeer, "maxWaitingLength");
    must(messages <= peers * LIMITS.maxWaitingPerPeer, "maxWaitingPerPeer");
    must(peers <= messages, "who is waited for has messages");
    must(length > 0 === messages > 0, "the length is that of the messages");
    must(this.realm.departed <= LIMITS.maxClients, "who left is forgotten");
    this.#checkCounters();
  }

  #checkCounters(): void {
    const { accepted, replaced, delivered, expired, dropped, messages, refused } = this.counters;
    const counted = [
      accepted,
      replaced,
      delivered,
      expired,
      dropped,
      ...Object.values(messages),
      ...Object.values(refused),
    ];
    must(
      counted.every((count, i) => count >= (this.#counted[i] ?? 0)),
      "nothing is counted back",
    );
    this.#counted = counted;
    must(replaced <= accepted, "replaced clients are accepted ones");
    const all = Object.values(messages).reduce((sum, count) => sum + count, 0);
    must(delivered + expired <= all, "what is delivered or answered is a message");
  }
}

/** As `expect`, which takes most of a minute for these. */
function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

function step(witness: Witness, random: Random): void {
  witness.now += random.below(50);
  const sockets = [...witness.open.keys()];
  // Sometimes one that is gone, or never was.
  const socket = random.below(20) ? (random.pick(sockets) ?? 0) : random.below(1000);
  switch (random.below(24)) {
    case 0:
    case 1:
    case 2:
      return witness.connect(
        random.pick(IDS),
        `t${random.below(2)}`,
        random.below(9) ? "peerjs" : "x",
        random.pick(ADDRESSES),
      );
    case 3:
      return witness.disconnect(socket, random.below(2) === 0);
    case 4:
    case 5:
      return void witness.handle({ type: "ticked" });
    case 6:
      return void witness.handle({ type: "strained", socket });
    case 7:
      return void witness.receive(
        socket,
        random.pick(["", "{", "[]", '{"type":"ERROR","dst":"P1"}', '{"type":"OFFER"}']),
      );
    case 8:
      if (random.below(20) === 0) witness.receive(socket, '{"type":"LEAVE"}');
      return;
    case 9:
      if (random.below(50) === 0) witness.handle({ type: "draining", ms: 1 });
      return;
    default:
      return witness.send(
        socket,
        random.pick(["OFFER", "CANDIDATE", "CANDIDATE", "LEAVE", "HEARTBEAT"]),
        random.pick(IDS),
        random.below(300),
      );
  }
}

test.each([1, 2, 3, 4])("[S34] 25,000 random events keep every promise (seed %i)", (seed) => {
  const random = seededRandom(seed);
  const witness = new Witness();
  witness.realm.roomOf = () => random.pick([Infinity, Infinity, Infinity, 300, 0]);
  for (let i = 0; i < 25_000; i++) step(witness, random);
  const { refused, messages, delivered, expired } = witness.counters;
  // Else it would not show much.
  for (const reason of [
    "bad-key",
    "id-taken",
    "server-full",
    "address-full",
    "message-rate",
    "waiting-full",
  ] as const) {
    expect([reason, refused[reason]]).not.toEqual([reason, 0]);
  }
  expect(Math.min(messages.OFFER, messages.LEAVE, messages.HEARTBEAT, delivered, expired)).toBeGreaterThan(100);

  for (const socket of [...witness.open.keys()]) witness.disconnect(socket, false);
  witness.now += 10_000;
  witness.handle({ type: "ticked" });
  expect(witness.realm.waiting).toEqual({ peers: 0, messages: 0, length: 0 });
  expect([witness.realm.clients, witness.realm.addresses, witness.realm.departed]).toEqual([0, 0, 0]);
});

test("[S34] every message that waits is delivered or answered, as long as its sender stays", () => {
  const random = seededRandom(34);
  const witness = new Witness({ ...LIMITS, messagesPerSecond: 100 });
  witness.connect("P0", "t0", "peerjs", "a");
  witness.connect("P1", "t0", "peerjs", "b");
  const [first = 0, second = 0] = witness.open.keys();
  for (let i = 0; i < 20_000; i++) {
    witness.now += 20 + random.below(20);
    const chance = random.below(10);
    const others = [...witness.open.keys()].filter((socket) => socket !== first && socket !== second);
    if (chance === 0) witness.connect(random.pick(IDS.slice(2)), "t0", "peerjs", random.pick(["c", "d"]));
    else if (chance === 1) witness.disconnect(random.pick(others) ?? 0, random.below(2) === 0);
    else if (chance === 2) witness.handle({ type: "ticked" });
    else witness.send(random.pick([first, second]), "OFFER", random.pick(IDS.slice(2)), random.below(200));
    // No message is lost without a word: all that is on its way waits.
    must(witness.realm.waiting.messages === witness.pending.size, "all that is on its way waits");
  }
  witness.now += 10_000;
  witness.handle({ type: "ticked" });
  expect(witness.pending.size).toBe(0);
});
