/** The promises that every schedule must leave whole. */
export const PROMISES = {
  agreement: "All connected nodes agree on who is in and in which order; in a mesh all become connected directly",
  roster:
    "nodeJoined and nodeLeft are told once for each node, in turn, and for a reason; nothing is heard from others",
  messages: "Messages arrive once, in order, without holes, and in time",
  states: "No state comes after a newer one of the same node, or mixed up",
  ending: "After all have left nothing is open, nothing hangs, and no listener threw",
  reason: "A node ends, or reports an error, only for a reason",
} as const;

/** A promise that was broken. */
export interface Violation {
  readonly promise: keyof typeof PROMISES;
  readonly at: number;
  readonly words: string;
}

/** Says that a promise was broken. */
export type Accuse = (promise: Violation["promise"], words: string) => void;
