import { describe, expect, test } from "vitest";
import {
  membershipFrame,
  messageFrame,
  pingFrame,
  pongFrame,
  relayedFrame,
  rosterFrame,
  stateFrame,
} from "./native-app/channel-frames.ts";
import { parseObject, toText } from "./native-app/json.ts";
import type { JsonObject } from "./native-app/json.ts";
import { decodeLanCode, encodeLanCode, isLanCode } from "./native-app/lan-code.ts";
import { forwarded } from "./native-app/lan-server.ts";
import {
  answerFrame,
  candidateFrame,
  introductionFrame,
  lanOpenFrame,
  offerFrame,
  rejectFrame,
} from "./native-app/signaling-frames.ts";
import { StateOrder } from "./native-app/state-order.ts";
import { isSentByNativeApp, recordedFrames } from "./recorded-frames.ts";

const signaling = recordedFrames("signaling");
const channels = recordedFrames("data-channel");

interface Payload extends JsonObject {
  connectionId: string;
  sdp: { sdp: string };
  candidate: { candidate: string; sdpMid: string };
}

/** The frame that the stand-in would send in the place of a recorded one, from nothing but what may differ. */
function signalingFrame(me: string, text: string): JsonObject {
  const frame = parseObject(text) ?? {};
  const payload = frame["payload"] as Payload;
  const route = { me, dst: String(frame["dst"]), isCloud: me.length === 6 || "browser" in (payload ?? {}) };
  switch (frame["type"]) {
    case "OFFER":
      return offerFrame(route, payload.sdp.sdp);
    case "ANSWER":
      return answerFrame(route, payload.connectionId, payload.sdp.sdp);
    case "CANDIDATE":
      return candidateFrame(route, payload.candidate.candidate, payload.candidate.sdpMid);
    case "REJECT":
      return rejectFrame(route, payload.connectionId);
    default:
      return introductionFrame(me);
  }
}

function channelFrame(text: string): JsonObject {
  const frame = parseObject(text) ?? {};
  const { t, sys, d = null, from } = frame;
  if (t === "p") return pingFrame(Number(frame["ts"]));
  if (t === "P") return pongFrame(frame["ts"]);
  if (sys === "roster") return rosterFrame(frame["nodes"] as string[]);
  if (t === "y") return membershipFrame(sys as "node_joined", String(frame["nodeId"]));
  const sent = t === "s" ? stateFrame(d, Number(frame["q"])) : messageFrame(d);
  return typeof from === "string" ? relayedFrame(sent, from) : sent;
}

describe("what the stand-in for a native app sends is what native apps were seen to send, byte for byte", () => {
  test("by signaling", () => {
    const sent = signaling.filter(
      ({ dir, op, who = "" }) => dir === "client->server" && op === "text" && !/browser/.test(who),
    );
    expect(sent.length).toBeGreaterThan(40);
    for (const { id = "", data = "" } of sent) expect(toText(signalingFrame(id, data))).toBe(data);
  });

  test("over the channels", () => {
    const sent = channels.filter(isSentByNativeApp);
    expect(sent.length).toBeGreaterThan(100);
    for (const { payload = "" } of sent) expect(toText(channelFrame(payload))).toBe(payload);
  });

  test("as the server of a LAN host", () => {
    const sent = signaling.filter(
      ({ scenario, dir, op }) => scenario.endsWith("local") && dir === "server->client" && op === "text",
    );
    expect(sent.length).toBeGreaterThan(8);
    for (const { id = "", data = "" } of sent) {
      const { src, ...frame } = parseObject(data) ?? {};
      const answer = frame["type"] === "OPEN" ? lanOpenFrame(id) : forwarded(frame, String(src));
      expect(toText(answer)).toBe(data);
    }
  });
});

test("its LAN codes are those of native apps", () => {
  expect(encodeLanCode("192.0.2.2", 46745)).toBe("L1H9U1VM-102H");
  expect(encodeLanCode("127.0.0.1", 9)).toBe("LZ8KFLT-9");
  expect(decodeLanCode("L1h9u1vm-102h")).toEqual({ address: "192.0.2.2", port: 46745 });
  expect(["L1H9U1VM-102H", "l1H9U1VM-102H", "LABCDE"].map(isLanCode)).toEqual([true, false, false]);
});

test("a relayed frame has the true origin, and what was missing as null", () => {
  expect(toText(relayedFrame({ from: "somebody else", x: 1 }, "b"))).toBe('{"d":null,"from":"b","t":null,"x":1}');
});

test("what is no object is sent as an empty one", () => {
  for (const data of ["text", 7, [1], null]) expect(toText(messageFrame(data))).toBe('{"d":{},"t":"m"}');
});

test("an older state is dropped, and one near 2^32 blocks all later ones", () => {
  const order = new StateOrder();
  const takes = (q: number): boolean => order.takes({ q }, "b");
  expect([1, 3, 2, 3, 4].map(takes)).toEqual([true, true, false, false, true]);
  expect([-5, 5, 6].map(takes)).toEqual([true, false, false]);
  expect(order.takes({}, "b")).toBe(true);
  order.forget("b");
  expect(takes(1)).toBe(true);
});
