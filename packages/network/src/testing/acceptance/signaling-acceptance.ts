import type { Platform, PlatformSocket } from "../../platform/platform.ts";
import { check, same, signal } from "./check.ts";
import { bindScenarios } from "./scenario.ts";
import type { AcceptanceTest, Scenario, ScenarioContext } from "./scenario.ts";

/** A PeerServer-compatible signaling server, and how to reach it. */
export interface SignalingContext extends ScenarioContext {
  readonly platform: Platform;
  /** `ws(s)://host:port/path`, without a query. */
  readonly url: string;
  /** Ids that no other test uses begin with this. @default "acceptance" */
  readonly idPrefix?: string;
  /** Stops the server, and starts it again at the same URL. Left out: not tested. */
  restart?(): Promise<void> | void;
}

/** A frame as the server sent it. */
type Frame = Readonly<Record<string, unknown>>;

/** A client that keeps all frames until they are asked for. */
class Client {
  readonly id: string;
  readonly #context: SignalingContext;
  readonly #socket: PlatformSocket;
  readonly #frames: Frame[] = [];
  readonly #close = signal<number>();
  #wake: () => void = () => {};

  constructor(context: SignalingContext, id: string, query: string) {
    this.id = id;
    this.#context = context;
    this.#socket = context.platform.createWebSocket(`${context.url}?${query}`);
    this.#socket.onmessage = ({ data }) => {
      this.#frames.push(JSON.parse(String(data)) as Frame);
      this.#wake();
    };
    this.#socket.onclose = ({ code }) => this.#close.fire(code);
  }

  /** Settles with the close code. */
  get closed(): Promise<number> {
    return this.#close.promise;
  }

  send(frame: object): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  close(): void {
    this.#socket.close();
  }

  /** Waits for the first frame of this type that was not taken yet. */
  take(type: string): Promise<Frame> {
    const find = async (): Promise<Frame> => {
      for (;;) {
        const frame = this.taken(type);
        if (frame) return frame;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    };
    return this.#context.until(find());
  }

  /** As `take`, without waiting. */
  taken(type: string): Frame | undefined {
    const index = this.#frames.findIndex((frame) => frame["type"] === type);
    return index < 0 ? undefined : this.#frames.splice(index, 1)[0];
  }

  /** The types of the frames that nobody took. */
  get leftOver(): readonly unknown[] {
    return this.#frames.map((frame) => frame["type"]);
  }
}

/** Opens clients and closes them all at the end. */
class Clients {
  readonly #context: SignalingContext;
  readonly #all: Client[] = [];

  constructor(context: SignalingContext) {
    this.#context = context;
  }

  idOf(name: string): string {
    return `${this.#context.idPrefix ?? "acceptance"}-${name}`;
  }

  /** A socket for this name, of which it is not known yet whether the server takes it. */
  dial(name: string, token: string = `token-${name}`): Client {
    const id = this.idOf(name);
    return this.raw(id, `key=peerjs&id=${id}&token=${token}`);
  }

  raw(id: string, query: string): Client {
    const client = new Client(this.#context, id, query);
    this.#all.push(client);
    return client;
  }

  async open(name: string, token?: string): Promise<Client> {
    const client = this.dial(name, token);
    await client.take("OPEN");
    return client;
  }

  /** An OFFER arrives from one at the other: both are registered. */
  async connects(from: Client, to: Client): Promise<void> {
    from.send({ type: "OFFER", dst: to.id, payload: { probe: true } });
    same((await to.take("OFFER"))["src"], from.id, "src");
  }

  closeAll(): void {
    for (const client of this.#all) client.close();
  }
}

function scenario(
  name: string,
  body: (clients: Clients, context: SignalingContext) => Promise<void>,
): Scenario<SignalingContext> {
  return {
    name,
    run: async (context) => {
      const clients = new Clients(context);
      try {
        await body(clients, context);
      } finally {
        clients.closeAll();
        // The ids are free again for the next scenario.
        await context.sleep(50);
      }
    },
  };
}

const PAYLOAD = {
  sdp: { type: "offer", sdp: "v=0\r\n" },
  text: "Grüße 🎮",
  list: [1, null, { deep: [[]] }],
  empty: "",
};

const GARBAGE = [
  "",
  "garbage",
  "null",
  "[]",
  "42",
  '"OFFER"',
  "{}",
  '{"type":7}',
  '{"type":"OFFER","dst":{}}',
  '{"type":"OFFER"}',
  '{"type":"__proto__","dst":"x"}',
  "[".repeat(5000),
];

const scenarios: readonly Scenario<SignalingContext>[] = [
  scenario("the first word is OPEN", async (clients) => {
    const alice = await clients.open("alice");
    same(alice.leftOver, [], "frames after OPEN");
  }),
  scenario("every kind of message is passed on with its payload untouched and its true sender", async (clients) => {
    const [alice, bob] = [await clients.open("alice"), await clients.open("bob")];
    for (const type of ["OFFER", "ANSWER", "CANDIDATE"]) {
      alice.send({ type, dst: bob.id, src: "forged", payload: PAYLOAD });
      const frame = await bob.take(type);
      same([frame["src"], frame["dst"]], [alice.id, bob.id], `${type}: src and dst`);
      same(frame["payload"], PAYLOAD, `${type}: payload`);
    }
    alice.send({ type: "LEAVE", dst: bob.id });
    same((await bob.take("LEAVE"))["src"], alice.id, "LEAVE: src");
  }),
  scenario("messages keep their order, also large ones among them", async (clients) => {
    const [alice, bob] = [await clients.open("alice"), await clients.open("bob")];
    const filler = "x".repeat(16_000);
    for (let i = 0; i < 50; i++)
      alice.send({ type: "CANDIDATE", dst: bob.id, payload: { i, ...(i % 10 === 0 && { filler }) } });
    for (let i = 0; i < 50; i++) same(((await bob.take("CANDIDATE"))["payload"] as Frame)["i"], i, "order");
  }),
  scenario("an id that is taken is refused, and its owner is not disturbed", async (clients, context) => {
    const [alice, bob] = [await clients.open("alice"), await clients.open("bob")];
    const thief = clients.dial("alice", "another-token");
    await thief.take("ID-TAKEN");
    await context.until(thief.closed);
    await clients.connects(bob, alice);
  }),
  scenario("the same id and token takes its own place back", async (clients, context) => {
    const bob = await clients.open("bob");
    await clients.open("alice", "mine");
    const again = clients.dial("alice", "mine");
    // PeerServer says no second OPEN: that the place is taken shows only in what arrives.
    let arrival: Frame | undefined;
    for (let i = 0; i < 40 && !arrival; i++) {
      bob.send({ type: "OFFER", dst: again.id, payload: { i } });
      await context.sleep(50);
      arrival = again.taken("OFFER");
    }
    same(arrival?.["src"], bob.id, "the new connection gets messages from");
    await clients.connects(again, bob);
  }),
  scenario("an id is free again once its client is gone", async (clients, context) => {
    const alice = await clients.open("alice");
    alice.close();
    await context.until(alice.closed);
    await context.sleep(50);
    await clients.open("alice", "another-token");
  }),
  scenario("a message for an id that never comes is answered by EXPIRE from that id", async (clients) => {
    const alice = await clients.open("alice");
    alice.send({ type: "OFFER", dst: clients.idOf("nobody"), payload: PAYLOAD });
    same((await alice.take("EXPIRE"))["src"], clients.idOf("nobody"), "src");
  }),
  scenario("a heartbeat is taken without harm", async (clients) => {
    const [alice, bob] = [await clients.open("alice"), await clients.open("bob")];
    for (let i = 0; i < 3; i++) alice.send({ type: "HEARTBEAT" });
    await clients.connects(alice, bob);
  }),
  scenario("garbage harms neither its sender's connection nor anybody else's", async (clients) => {
    const [alice, bob, carol] = [await clients.open("alice"), await clients.open("bob"), await clients.open("carol")];
    for (const text of GARBAGE) alice.sendText(text);
    await clients.connects(bob, carol);
    await clients.connects(carol, bob);
    same(bob.leftOver, [], "at bob");
  }),
  scenario("without id and token nobody gets in", async (clients, context) => {
    for (const query of ["", "key=peerjs", "key=peerjs&id=", "key=wrong&id=somebody&token=t"]) {
      const stranger = clients.raw("", query);
      await context.until(stranger.closed);
      check(!stranger.leftOver.includes("OPEN"), `OPEN for "${query}"`);
    }
  }),
  scenario("after a restart everybody can come back under the old id and token", async (clients, context) => {
    if (!context.restart) return;
    const [alice, bob] = [await clients.open("alice"), await clients.open("bob")];
    const bothClosed = Promise.all([alice.closed, bob.closed]);
    await context.restart();
    await context.until(bothClosed);
    await clients.connects(await clients.open("alice"), await clients.open("bob"));
  }),
];

/**
 * What every PeerServer-compatible signaling server must do for the library, as tests for any runner.
 *
 * @param setup makes or names a server; with one server for all, its ids are free again after each test
 * @example
 * ```ts
 * for (const { name, run } of signalingAcceptance(setup)) test(name, run);
 * ```
 */
export function signalingAcceptance(
  setup: () => Promise<SignalingContext> | SignalingContext,
): readonly AcceptanceTest[] {
  return bindScenarios(scenarios, setup);
}
