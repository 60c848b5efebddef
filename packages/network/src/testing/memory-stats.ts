import type { ReadonlyStats } from "../platform/platform.ts";
import type { CandidateAddress } from "./memory-sdp.ts";

/** W3C's statistics of a connection; without `remote` no pair is selected yet. */
export function connectionStats(
  local: CandidateAddress,
  remote: CandidateAddress | undefined,
  roundTripMs: number,
): ReadonlyStats {
  const stats = new Map<string, Readonly<Record<string, unknown>>>();
  const add = (id: string, type: string, members: object): void => {
    stats.set(id, { id, type, ...members });
  };
  add("T", "transport", { dtlsState: remote ? "connected" : "new", ...(remote && { selectedCandidatePairId: "P" }) });
  add("L", "local-candidate", { ...local, candidateType: "host", protocol: "udp" });
  if (!remote) return stats;
  add("R", "remote-candidate", { ...remote, candidateType: "host", protocol: "udp" });
  add("P", "candidate-pair", {
    transportId: "T",
    localCandidateId: "L",
    remoteCandidateId: "R",
    state: "succeeded",
    nominated: true,
    currentRoundTripTime: roundTripMs / 1000,
  });
  return stats;
}
