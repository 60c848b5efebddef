import { readFileSync } from "node:fs";

/**
 * What a real app said: an offer, and the candidates that it found, put into it as clients do that gather first.
 * About 1.6 kB.
 */
export const OFFER_PAYLOAD = recordedOffer();

function recordedOffer() {
  const file = new URL("../../packages/protocol/test/vectors/signaling.jsonl", import.meta.url);
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const frames = lines
    .map((line) => JSON.parse(line))
    .filter(({ op, dir }) => op === "text" && dir === "client->server");
  const messages = frames.map(({ data }) => JSON.parse(data));
  const { payload } = messages.find(({ type }) => type === "OFFER");
  const found = messages.filter(({ type }) => type === "CANDIDATE").map((each) => each.payload.candidate.candidate);
  const candidates = [...new Set(found)].slice(0, 14).map((candidate) => `a=${candidate}\r\n`);
  return { ...payload, sdp: { ...payload.sdp, sdp: payload.sdp.sdp + candidates.join("") } };
}
