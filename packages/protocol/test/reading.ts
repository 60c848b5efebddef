import { readBody } from "../src/body.ts";
import { parseFrames } from "../src/frames.ts";
import type { SizedFrame } from "../src/frames.ts";
import type { Packet } from "../src/packet.ts";

/** A frame as whoever takes it sees it: `data` in place of what carried it. `undefined` for a broken one. */
export type Seen = Record<string, unknown> | undefined;

/** The frames of a packet. Data that is not what it says is `data: undefined`. */
export function readPacket(packet: Packet): Seen[] {
  return parseFrames(packet).map(seen);
}

/** All frames of a text. */
export function readText(text: string): Seen[] {
  return readPacket({ text });
}

/** The only frame of a text. */
export function readOne(text: string): Seen {
  const frames = readText(text);
  if (frames.length !== 1) throw new Error(`${frames.length} frames`);
  return frames[0];
}

/** Arrays in arrays. */
export function nested(levels: number): string {
  return `${"[".repeat(levels)}${"]".repeat(levels)}`;
}

function seen(frame: SizedFrame | undefined): Seen {
  if (!frame) return undefined;
  if (!(frame.size > 0)) throw new Error(`size ${frame.size}`);
  const members: Record<string, unknown> = { ...frame };
  delete members["size"];
  if (frame.t !== "m" && frame.t !== "s") return members;
  for (const name of ["body", "d", "c", "b", "r"]) delete members[name];
  return { ...members, data: readBody(frame.body) };
}
