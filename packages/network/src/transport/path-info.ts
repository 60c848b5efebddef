import type { PlatformPeerConnection } from "../platform/platform.ts";

/** What carries a path: the types of the selected candidates (RFC 8445), and whether a TURN server relays. */
export interface PathInfo {
  readonly kind: "direct" | "relay";
  readonly local: string;
  readonly remote: string;
  readonly protocol: string;
}

type Record_ = Readonly<Record<string, unknown>>;

/** Reads the selected candidate pair from W3C's statistics; `undefined` when there is none (yet). */
export async function readPathInfo(pc: PlatformPeerConnection): Promise<PathInfo | undefined> {
  const byId = new Map<unknown, Record_>();
  let pair: Record_ | undefined;
  let selectedId: unknown;
  (await pc.getStats()).forEach((record) => {
    byId.set(record["id"], record);
    if (record["type"] === "transport") selectedId = record["selectedCandidatePairId"] ?? selectedId;
    // Firefox names no selected pair in `transport`, but marks it in the pair itself.
    else if (record["type"] === "candidate-pair" && (record["selected"] || (!pair && record["nominated"])))
      pair = record;
  });
  pair = byId.get(selectedId) ?? pair;
  const local = byId.get(pair?.["localCandidateId"]);
  const remote = byId.get(pair?.["remoteCandidateId"]);
  if (!local || !remote) return undefined;
  const types = [String(local["candidateType"]), String(remote["candidateType"])] as const;
  const kind = types.includes("relay") ? "relay" : "direct";
  return { kind, local: types[0], remote: types[1], protocol: String(local["protocol"]) };
}
