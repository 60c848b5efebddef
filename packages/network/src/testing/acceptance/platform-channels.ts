import type { PlatformDataChannel } from "../../platform/platform.ts";
import { check, same, signal, throws } from "./check.ts";
import { closed, messages, withConnections, withPair } from "./platform-context.ts";
import type { PlatformContext } from "./platform-context.ts";
import type { Scenario } from "./scenario.ts";

const TEXTS = ["a", "", "Grüße, 世界 🎮", '{"t":"m","d":{"x":[1,null,true]}}', "x".repeat(10_000), "ü".repeat(100_000)];

/** Larger than what any runtime sends at once. */
const BULK = { count: 64, bytes: 64 * 1024 };

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `message ${i}`);

/** Sends from one end, also more than fits at once, and waits for all of it at the other. */
async function exchange(context: PlatformContext, from: PlatformDataChannel, to: PlatformDataChannel): Promise<void> {
  const received = messages(to, TEXTS.length);
  for (const text of TEXTS) from.send(text);
  same(await context.until(received), TEXTS, "texts");

  const whole = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
  const bytes = messages(to, 2);
  from.send(whole);
  const view = whole.subarray(10, 20);
  from.send(view);
  whole.fill(0);
  const [first, second] = await context.until(bytes);
  check(first instanceof ArrayBuffer && second instanceof ArrayBuffer, "bytes did not arrive as ArrayBuffer");
  same(
    [...new Uint8Array(first)],
    Array.from({ length: 1000 }, (_, i) => i % 256),
    "bytes",
  );
  same(
    [...new Uint8Array(second)],
    Array.from({ length: 10 }, (_, i) => i + 10),
    "a view of bytes",
  );
}

/** W3C wants an error; Firefox (any channel) and Chromium (one of a closed connection) just lose the data. */
function tries(call: () => void): void {
  try {
    call();
  } catch {
    // As it should be.
  }
}

/** Data channels: what goes in at one end comes out at the other, and closing is noticed. */
export const channelScenarios: readonly Scenario<PlatformContext>[] = [
  {
    name: "both channels open at both ends, with their labels",
    run: (context) =>
      withPair(context, async ({ reliable, lossy }) => {
        same([reliable.b.label, lossy.b.label], ["data", "state"], "labels");
        for (const channel of [reliable.a, reliable.b, lossy.a, lossy.b])
          same(channel.readyState, "open", channel.label);
      }),
  },
  {
    name: "texts and bytes arrive exactly, in both directions",
    run: (context) =>
      withPair(context, async ({ reliable }) => {
        await exchange(context, reliable.a, reliable.b);
        await exchange(context, reliable.b, reliable.a);
      }),
  },
  {
    name: "1,000 messages keep their order on the reliable channel",
    run: (context) =>
      withPair(context, async ({ reliable }) => {
        const received = messages(reliable.b, 1000);
        for (const text of numbered(1000)) reliable.a.send(text);
        same(await context.until(received), numbered(1000), "messages");
      }),
  },
  {
    name: "the lossy channel carries messages in both directions",
    run: (context) =>
      withPair(context, async ({ lossy }) => {
        for (const [from, to] of [
          [lossy.a, lossy.b],
          [lossy.b, lossy.a],
        ] as const) {
          const arrived: unknown[] = [];
          to.onmessage = ({ data }) => arrived.push(data);
          // Any one of them may get lost.
          for (let i = 0; i < 100 && arrived.length === 0; i++) {
            from.send("state");
            await context.sleep(20);
          }
          same(arrived[0], "state", "the first that arrived");
        }
      }),
  },
  {
    name: "what waits shows in bufferedAmount, and bufferedamountlow tells when it is low again",
    run: (context) =>
      withPair(context, async ({ reliable }) => {
        const { promise: isLow, fire } = signal();
        reliable.a.bufferedAmountLowThreshold = BULK.bytes;
        reliable.a.onbufferedamountlow = () => fire();
        const received = messages(reliable.b, BULK.count);
        for (let i = 0; i < BULK.count; i++) reliable.a.send(new Uint8Array(BULK.bytes));
        check(reliable.a.bufferedAmount > BULK.bytes, `bufferedAmount is ${reliable.a.bufferedAmount} after 4 MiB`);
        await context.until(isLow);
        check(reliable.a.bufferedAmount <= BULK.bytes, `bufferedAmount is ${reliable.a.bufferedAmount} when it is low`);
        same((await context.until(received)).length, BULK.count, "messages");
      }),
  },
  {
    name: "sending before the channel is open throws",
    run: (context) =>
      withConnections(context, async (a) => {
        const channel = a.createDataChannel("data");
        same(channel.readyState, "connecting", "readyState");
        throws(() => channel.send("early"), "send() on a connecting channel");
      }),
  },
  {
    name: "a message that is larger than the remote accepts throws, and the channel goes on",
    run: (context) =>
      withPair(context, async ({ a, reliable }) => {
        const limit = a.sctp?.maxMessageSize ?? 0;
        check(limit >= 64 * 1024, `maxMessageSize is ${limit}`);
        // Firefox takes up to a gibibyte, which no test should make.
        if (limit <= 16 * 1024 * 1024) throws(() => reliable.a.send(new Uint8Array(limit + 1)), "send() of too much");
        const received = messages(reliable.b, 1);
        reliable.a.send("still here");
        same(await context.until(received), ["still here"], "after it");
      }),
  },
  ...(["a", "b"] as const).map((end): Scenario<PlatformContext> => {
    const other = end === "a" ? "b" : "a";
    const who = end === "a" ? "offerer" : "answerer";
    return {
      name: `the ${who} closes a channel: the other end gets what was sent, then its close event`,
      run: (context) =>
        withPair(context, async ({ reliable, lossy }) => {
          const received = messages(reliable[other], 1);
          const isClosed = closed(reliable[other]);
          const isClosedHere = closed(reliable[end]);
          reliable[end].send("last words");
          await context.until(received);
          reliable[end].close();
          reliable[end].close();
          tries(() => reliable[end].send("too late"));
          await context.until(isClosed);
          await context.until(isClosedHere);
          tries(() => reliable[end].send("too late"));
          same([reliable[other].readyState, lossy[other].readyState], ["closed", "open"], "channels");
          tries(() => reliable[other].send("too late"));
          await context.sleep(20);
          same(await received, ["last words"], "what arrived");
        }),
    };
  }),
  ...(["a", "b"] as const).map((end): Scenario<PlatformContext> => {
    const other = end === "a" ? "b" : "a";
    const who = end === "a" ? "offerer" : "answerer";
    return {
      name: `the ${who} closes the connection: the other end's channels close, and closing twice is nothing`,
      run: (context) =>
        withPair(context, async (pair) => {
          const isClosed = Promise.all([closed(pair.reliable[other]), closed(pair.lossy[other])]);
          pair[end].close();
          pair[end].close();
          same(pair[end].connectionState, "closed", "connectionState");
          tries(() => pair.reliable[end].send("too late"));
          pair.reliable[end].close();
          await context.until(isClosed);
          tries(() => pair.reliable[other].send("too late"));
          for (const channel of [pair.reliable[other], pair.lossy[other]])
            same(channel.readyState, "closed", channel.label);
        }),
    };
  }),
];
