import type { PlatformPeerConnection } from "../../platform/platform.ts";
import { check, rejection, same, signal, throws } from "./check.ts";
import { messages, negotiate, opened, withConnections, withPair } from "./platform-context.ts";
import type { PlatformContext } from "./platform-context.ts";
import type { Scenario } from "./scenario.ts";

const GARBAGE = [
  "",
  "garbage",
  "v=0\r\n",
  "\0".repeat(100),
  '{"sdp":"v=0"}',
  "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
];

const BAD_CANDIDATES = ["garbage", "candidate:", "candidate:1 1 UDP x 127.0.0.1 y typ host", "a".repeat(5000)];

/** Both ends connect, and a message gets through. */
async function connects(
  context: PlatformContext,
  a: PlatformPeerConnection,
  b: PlatformPeerConnection,
  onCandidate?: (line: string) => void,
): Promise<void> {
  const channel = a.createDataChannel("data");
  const received = signal<unknown>();
  b.ondatachannel = ({ channel: incoming }) => void messages(incoming, 1).then(([text]) => received.fire(text));
  await context.until(negotiate(context, a, b, onCandidate));
  await context.until(opened(channel));
  channel.send("connected");
  same(await context.until(received.promise), "connected", "the message");
}

/** A promise that may settle either way, or never where W3C says so: what matters is that nothing breaks. */
async function tolerated(context: PlatformContext, promise: Promise<unknown>): Promise<void> {
  promise.catch(() => {});
  await context.sleep(50);
}

/** Offers, answers and candidates, good and bad. */
export const negotiationScenarios: readonly Scenario<PlatformContext>[] = [
  {
    name: "both ends report connecting, then connected",
    run: (context) =>
      withConnections(context, async (a, b) => {
        const isConnected = [a, b].map((connection) => {
          const { promise, fire } = signal();
          connection.onconnectionstatechange = () => {
            if (connection.connectionState === "connected") fire();
          };
          return promise;
        });
        same([a.connectionState, b.connectionState], ["new", "new"], "at first");
        await connects(context, a, b);
        for (const promise of isConnected) await context.until(promise);
      }),
  },
  {
    name: "the candidates are lines of text with a type",
    run: (context) =>
      withConnections(context, async (a, b) => {
        const lines: string[] = [];
        await connects(context, a, b, (line) => lines.push(line));
        check(lines.length > 0, "no candidates");
        for (const line of lines) {
          check(
            /^candidate:\S+ \d+ \S+ \d+ \S+ \d+ typ (host|srflx|prflx|relay)/i.test(line),
            `not a candidate: ${line}`,
          );
        }
      }),
  },
  {
    name: "statistics name the pair of candidates that was selected",
    run: (context) =>
      withPair(context, async ({ a, b }) => {
        for (const connection of [a, b]) {
          const records = new Map<unknown, Readonly<Record<string, unknown>>>();
          const report = await context.until(connection.getStats());
          report.forEach((record) => records.set(record["id"], record));
          const all = [...records.values()];
          const transport = all.find(({ type }) => type === "transport");
          const pair =
            records.get(transport?.["selectedCandidatePairId"]) ??
            all.find(
              ({ type, nominated, selected, state }) =>
                type === "candidate-pair" && state === "succeeded" && (nominated || selected),
            );
          check(pair !== undefined, "no selected candidate pair");
          for (const side of ["localCandidateId", "remoteCandidateId"]) {
            const type = String(records.get(pair[side])?.["candidateType"]);
            check(["host", "srflx", "prflx", "relay"].includes(type), `${side}: candidateType ${type}`);
          }
        }
      }),
  },
  {
    name: "a garbage offer is rejected, and a new connection works",
    run: async (context) => {
      for (const sdp of GARBAGE) {
        await withConnections(context, async (_, b) => {
          await rejection(
            context.until(b.setRemoteDescription({ type: "offer", sdp })),
            `the offer ${JSON.stringify(sdp.slice(0, 40))}`,
          );
        });
      }
      await withConnections(context, (a, b) => connects(context, a, b));
    },
  },
  {
    name: "a garbage answer is rejected",
    run: (context) =>
      withConnections(context, async (a) => {
        a.createDataChannel("data");
        await context.until(a.createOffer().then((offer) => a.setLocalDescription(offer)));
        for (const sdp of GARBAGE) {
          await rejection(
            context.until(a.setRemoteDescription({ type: "answer", sdp })),
            `the answer ${JSON.stringify(sdp.slice(0, 40))}`,
          );
        }
      }),
  },
  {
    name: "an answer before there is an offer is rejected",
    run: (context) =>
      withConnections(context, async (_, b) => {
        await rejection(context.until(b.createAnswer()), "createAnswer() without an offer");
      }),
  },
  {
    name: "candidates before the remote description, and bad ones at any time, break nothing",
    run: (context) =>
      withConnections(context, async (a, b) => {
        const candidate = {
          candidate: "candidate:1 1 UDP 2122317823 127.0.0.1 9 typ host",
          sdpMid: "0",
          sdpMLineIndex: 0,
        };
        await tolerated(context, b.addIceCandidate(candidate));
        await connects(context, a, b);
        for (const line of BAD_CANDIDATES)
          await tolerated(context, b.addIceCandidate({ ...candidate, candidate: line }));
        for (const line of BAD_CANDIDATES)
          await tolerated(context, a.addIceCandidate({ ...candidate, candidate: line }));
        same([a.connectionState, b.connectionState], ["connected", "connected"], "afterwards");
      }),
  },
  {
    name: "closed at any point of the negotiation, a connection stays closed and breaks nothing",
    run: async (context) => {
      for (let step = 0; step < 5; step++) {
        await withConnections(context, async (a, b) => {
          a.createDataChannel("data");
          let steps = 0;
          // Ends the negotiation by never going on, as a promise of a closed connection may do by itself.
          const reached = async <T>(promise: Promise<T>): Promise<T> => {
            if (steps++ === step) a.close();
            return promise;
          };
          const run = async (): Promise<void> => {
            const offer = await reached(a.createOffer());
            await reached(a.setLocalDescription(offer));
            await reached(b.setRemoteDescription(offer));
            const answer = await reached(b.createAnswer());
            await b.setLocalDescription(answer);
            await reached(a.setRemoteDescription(answer));
          };
          await tolerated(context, run());
          a.close();
          same(a.connectionState, "closed", `closed at step ${step}`);
        });
      }
      await withConnections(context, (a, b) => connects(context, a, b));
    },
  },
  {
    name: "after close() nothing can be asked of a connection",
    run: (context) =>
      withConnections(context, async (a) => {
        a.close();
        a.close();
        same(a.connectionState, "closed", "connectionState");
        throws(() => a.createDataChannel("late"), "createDataChannel() after close()");
        await rejection(context.until(a.createOffer()), "createOffer() after close()");
      }),
  },
  {
    name: "an ICE server that is none is refused",
    run: async ({ a }) => {
      throws(
        () => a.createPeerConnection({ iceServers: [{ urls: "garbage" }] }),
        "createPeerConnection() with a bad URL",
      );
    },
  },
  {
    name: "several connections of the same two platforms do not disturb each other",
    run: (context) =>
      withPair(context, (first) =>
        withPair(context, async (second) => {
          const received = [messages(first.reliable.b, 1), messages(second.reliable.b, 1)];
          first.reliable.a.send("first");
          second.reliable.a.send("second");
          same(await context.until(Promise.all(received)), [["first"], ["second"]], "messages");
          second.a.close();
          const after = messages(first.reliable.b, 1);
          first.reliable.a.send("still here");
          same(await context.until(after), ["still here"], "after the second was closed");
        }),
      ),
  },
];
