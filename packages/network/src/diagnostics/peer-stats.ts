import { newLinkStats } from "../session/link-stats.ts";
import type { LinkStats } from "../session/link-stats.ts";
import type { Session } from "../session/session.ts";
import type { PathInfo } from "../transport/path-info.ts";
import type { SyncStats } from "../session/state-tracker.ts";

/** What is known about the connection to one node. Counters count from its opening on; the host's include what it relays. */
export interface PeerStats extends Readonly<LinkStats> {
  /** `"fallback"` while states take the reliable channel because the lossy one is not open. */
  readonly stateChannel: "unreliable" | "fallback";
  /** Bytes of state that wait to be sent. */
  readonly stateBacklog: number;
  /** `"relay"`: through a TURN server. `"via-host"`: no connection of its own now, the host passes everything on. */
  readonly path: "direct" | "relay" | "via-host";
  /** The selected candidates' types (`host`, `srflx`, `prflx`, `relay`) and protocol, as soon as they are known. */
  readonly candidates?: PathInfo;
}

/** Statistics of every node in the network, by id. */
export function peerStatsOf(session: Session): Record<string, PeerStats> {
  // Without a prototype: a node may be called "constructor".
  const stats: Record<string, PeerStats> = Object.create(null);
  for (const id of session.nodes)
    stats[id] = Object.freeze({ ...newLinkStats(), stateChannel: "unreliable", stateBacklog: 0, path: "via-host" });
  for (const { id, stats: counted, states, path, pathInfo } of session.links) {
    stats[id] = Object.freeze({
      ...counted,
      stateChannel: states.channel,
      stateBacklog: states.backlog,
      path,
      ...(pathInfo && { candidates: pathInfo }),
    });
  }
  return stats;
}

/** What is known about the state updates of every node in the network, by the id of their origin. */
export function syncStatsOf(session: Session, now: number): Record<string, SyncStats> {
  return Object.fromEntries(session.nodes.map((id) => [id, Object.freeze(session.states.stats(id, now))]));
}

/** The best round-trip time of all links, in milliseconds; -1 when none is known. */
export function bestLatency(session: Session): number {
  const known = session.links.map((link) => link.stats.latency).filter((latency) => latency >= 0);
  return known.length > 0 ? Math.min(...known) : -1;
}
