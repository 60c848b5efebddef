import { keys } from "@clayground/protocol";
import type { MailFrame, Packet } from "@clayground/protocol";
import type { Outgoing } from "../transport/reliable-stream.ts";

/** A frame with the packet of another one, which nobody on its way reads (SPEC.md, F19). */
export function mailFrame(
  t: MailFrame["t"],
  { text, bytes }: Packet,
  whom: { readonly from?: string; readonly to?: string },
): Outgoing {
  return { head: keys({ t, ...whom, x: text.split("\n").length, b: bytes?.length }), text, bytes };
}
