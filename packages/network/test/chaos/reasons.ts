import type { Stay } from "./stay.ts";
import type { Weather } from "./weather.ts";

/** A cut shorter than this ends no link: 2 s between two pings, the cut, and the wait for a retransmission are under 4 s. */
const HARMLESS_CUT = 1000;

/** A link remembers a cut for so long: SCTP's retransmission timeout, which it doubles, has grown in it. */
const MEMORY = 12_000;

/** How long the signaling remembers: the socket's and the host's pauses before they try again. */
const SIGNALING_MEMORY = 30_000;

/** A seat stays taken so long after its joiner is gone: an attempt, or a silent link. */
const SEAT_TAKEN = 20_000;

/** Nobody gets a message later than this while the links to the host are good: two links die one after the other, of 4 to 5 s each. */
const LATEST = 10_000;

/** Nor later than this while all links are good: three losses in a row. */
const LATE = 3000;

/** What is given as knowledge of one run. */
export interface Case {
  readonly weather: Weather;
  readonly maxNodes: number;
  readonly stays: readonly Stay[];
  readonly host: Stay;
}

/** Whether the link of a node and its host may have ended by itself by this time. */
export function mayHaveLostHost({ weather, host }: Case, stay: Stay, now: number): boolean {
  const from = Math.max(stay.startedAt, now - MEMORY);
  const [a, b] = [host.machine, stay.machine];
  return (
    weather.cutFor(a, b, from, now) >= HARMLESS_CUT ||
    !weather.wasGood(a, b, now, now) ||
    isLossy(weather, a, b, from, now)
  );
}

/** Whether the host may tell that this node has left. */
export function mayHaveLeft(facts: Case, stay: Stay, now: number): boolean {
  return stay.isOver || mayHaveLostHost(facts, stay, now);
}

/** Whether a node may end with this error; `host left` for an end without one. */
export function mayEndWith(facts: Case, stay: Stay, code: string, now: number): boolean {
  const { weather, host, maxNodes, stays } = facts;
  if (stay.isHost) return false;
  if (stay.isIn) {
    if (code === "host left") return host.endedBy === "left";
    return code === "host-lost" && (host.isOver || mayHaveLostHost(facts, stay, now));
  }
  const couldSignal = weather.couldSignal(stay.machine, stay.startedAt - SIGNALING_MEMORY, now);
  const couldHost = weather.couldSignal(host.machine, stay.startedAt - SIGNALING_MEMORY, now);
  switch (code) {
    case "network-full": {
      const seats = stays.filter(({ startedAt, endedAt = now }) => startedAt <= now && endedAt >= now - SEAT_TAKEN);
      return seats.length > maxNodes;
    }
    case "signaling-unreachable":
    case "signaling-refused":
    case "signaling-lost":
      return !couldSignal;
    case "no-such-network":
      return host.isOver || !couldSignal || !couldHost;
    case "connection-failed":
    case "timeout":
      return (
        host.isOver ||
        !couldSignal ||
        !couldHost ||
        !weather.wasGood(host.machine, stay.machine, stay.startedAt - MEMORY, now)
      );
    default:
      return false;
  }
}

/** Whether what one node said to another at this time must have arrived by now. */
export function mustBeThere({ weather, host }: Case, from: Stay, to: Stay, since: number, now: number): boolean {
  if (now - since < LATE || host.isOver) return false;
  const start = since - MEMORY;
  if (![from, to].every((stay) => stay === host || weather.wasGood(stay.machine, host.machine, start, now)))
    return false;
  if (weather.wasGood(from.machine, to.machine, start, now)) return true;
  // On a connection that lives and loses much, a message may wait for its turn.
  return now - since > LATEST && weather.maxLoss(from.machine, to.machine, start, now) <= 0.05;
}

/** Whether all that a node said before it left, at `endedAt`, must have arrived at another one. */
export function mustHaveHeardLastWords({ weather, host }: Case, from: Stay, to: Stay): boolean {
  const { endedAt } = from;
  if (endedAt === undefined || from.endedBy !== "left" || !from.isIn) return false;
  // Who has heard the host's good-bye has heard all that came before it.
  if (from === host) return to.endedBy === "host left";
  const [start, end] = [endedAt - MEMORY, endedAt + 5000];
  if ((to.endedAt ?? Infinity) < end || (host.endedAt ?? Infinity) < end) return false;
  return [from, to].every((stay) => stay === host || weather.wasGood(stay.machine, host.machine, start, end));
}

function isLossy(weather: Weather, a: string, b: string, from: number, to: number): boolean {
  return weather.maxLoss(a, b, from, to) > 0.02;
}
