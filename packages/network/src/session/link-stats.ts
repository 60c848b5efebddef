/** Counters and timings of one link since it opened. Text counts one byte for each UTF-16 unit. */
export interface LinkStats {
  /** Smoothed round-trip time in milliseconds; -1 until the first ping was answered. */
  latency: number;
  msgSent: number;
  msgRecv: number;
  bytesSent: number;
  bytesRecv: number;
  stateSent: number;
  stateRecv: number;
  /** State updates that a newer one replaced before they left. */
  stateSkipped: number;
}

export function newLinkStats(): LinkStats {
  return {
    latency: -1,
    msgSent: 0,
    msgRecv: 0,
    bytesSent: 0,
    bytesRecv: 0,
    stateSent: 0,
    stateRecv: 0,
    stateSkipped: 0,
  };
}

/** The share of a new round-trip time in the smoothed one; existing Clayground apps use the same. */
const NEW_SHARE = 0.3;

export function smoothLatency(old: number, rtt: number): number {
  return Math.round(old < 0 ? rtt : (1 - NEW_SHARE) * old + NEW_SHARE * rtt);
}
