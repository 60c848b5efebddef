/** One place in a network: taken from the first offer on, so that simultaneous joins never make one too many. */
export interface Seat {
  readonly id: string;
  /** False while the node is still connecting. */
  readonly isIn: boolean;
}

/** Who is in, as the host decides. Seats are in the order in which nodes came in. */
export interface Roster {
  /** Counts the hosts that this network has had; a roster of an older term is void. */
  readonly term: number;
  readonly seats: readonly Seat[];
}

/** What can happen to a roster. */
export type RosterEvent =
  /** `maxNodes`: places in all at this moment, the host's included. */
  | { readonly type: "knocked"; readonly id: string; readonly maxNodes: number }
  | { readonly type: "opened" | "gone"; readonly id: string };

/** What is to be done about it, in this order. */
export type RosterEffect =
  /** Start to connect, anew if an earlier try of the same node is still under way. */
  | { readonly type: "admit"; readonly id: string }
  | { readonly type: "refuse"; readonly id: string; readonly reason: "network-full" }
  /** A node is in: tell it who the others are, and them about it. */
  | { readonly type: "joined"; readonly id: string; readonly others: readonly string[] }
  | { readonly type: "left"; readonly id: string; readonly others: readonly string[] };

export const NEW_ROSTER: Roster = { term: 1, seats: [] };

/** The nodes that are in, in joining order, without the host. */
export function membersOf(roster: Roster): string[] {
  return roster.seats.filter((seat) => seat.isIn).map((seat) => seat.id);
}

/** The roster after an event, and what follows from it. Pure; an event that changes nothing has no effects. */
export function reduceRoster(roster: Roster, event: RosterEvent): readonly [Roster, readonly RosterEffect[]] {
  const { id } = event;
  const seat = roster.seats.find((one) => one.id === id);
  const rest = roster.seats.filter((one) => one.id !== id);
  const others = membersOf({ ...roster, seats: rest });
  switch (event.type) {
    case "knocked":
      // Nobody can end a living connection by an offer in its name, as a hostile server might.
      if (seat?.isIn) return [roster, []];
      if (!seat && roster.seats.length + 1 >= event.maxNodes)
        return [roster, [{ type: "refuse", id, reason: "network-full" }]];
      return [{ ...roster, seats: [...rest, { id, isIn: false }] }, [{ type: "admit", id }]];
    case "opened":
      if (!seat || seat.isIn) return [roster, []];
      return [{ ...roster, seats: [...rest, { id, isIn: true }] }, [{ type: "joined", id, others }]];
    case "gone":
      return [{ ...roster, seats: rest }, seat?.isIn ? [{ type: "left", id, others }] : []];
  }
}
