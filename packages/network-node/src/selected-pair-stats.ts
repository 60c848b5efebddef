import type { ReadonlyStats } from "@clayground/network";
import type { NativePeerConnection } from "./native.ts";

type StatsRecord = Readonly<Record<string, unknown>>;

/** W3C's records of the selected candidate pair; none when there is no pair. Ask only while connected. */
export function selectedPairStats(native: NativePeerConnection): ReadonlyStats {
  const records = new Map<string, StatsRecord>();
  const selected = native.getSelectedCandidatePair();
  if (!selected) return records;
  const timestamp = performance.timeOrigin + performance.now();
  const add = (record: { readonly id: string; readonly type: string } & StatsRecord): void =>
    void records.set(record.id, { timestamp, ...record });
  const rtt = native.rtt();
  const traffic = { bytesSent: native.bytesSent(), bytesReceived: native.bytesReceived() };
  add({ id: "T", type: "transport", selectedCandidatePairId: "P", dtlsState: "connected", ...traffic });
  add({
    id: "P",
    type: "candidate-pair",
    transportId: "T",
    localCandidateId: "L",
    remoteCandidateId: "R",
    state: "succeeded",
    nominated: true,
    // SCTP's smoothed round-trip time: libjuice measures none. -1 before the first sample.
    ...(rtt >= 0 && { currentRoundTripTime: rtt / 1000 }),
    ...traffic,
  });
  for (const [id, type, candidate] of [
    ["L", "local-candidate", selected.local],
    ["R", "remote-candidate", selected.remote],
  ] as const) {
    const { address, port, priority } = candidate;
    add({ id, type, transportId: "T", candidateType: candidate.type, protocol: "udp", address, port, priority });
  }
  return records;
}
