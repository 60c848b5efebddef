import { keys, MAX_ID_LENGTH } from "@clayground/protocol";
import type { Link } from "./link.ts";
import { toFrame } from "./payload.ts";
import type { Payload } from "./payload.ts";

/** An update of this node's own, made once for all links: what existing apps cannot read they do not get. */
export function stateUpdate(payload: Payload, q: number, k: string | undefined): (link: Link) => void {
  const head = keys({ t: "s", q });
  const slot = ` ${k ?? ""}`;
  const ours = toFrame(head + keys({ k }), payload);
  return (link) => {
    if (link.isOurs) link.states.offer(slot, ours);
    else if (!payload.bytes) link.states.offer(slot, { head: `${head},"d":${payload.json}` });
  };
}

/** What the other side takes as a key (SPEC.md, F28). */
export function isStateKey(key: unknown): key is string {
  return typeof key === "string" && key.length <= MAX_ID_LENGTH;
}
