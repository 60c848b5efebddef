import { readFileSync } from "node:fs";

/** One line of what was recorded of existing apps. */
export interface RecordedFrame {
  scenario: string;
  layer: string;
  /** The client's id, of signaling. */
  id?: string;
  who?: string;
  remote?: string;
  label?: string;
  dir?: string;
  op?: string;
  ppid?: string;
  /** Of signaling. */
  data?: string;
  /** Of a channel. */
  payload?: string;
}

/** The recorded frames of signaling, or of the data channels. */
export function recordedFrames(layer: "signaling" | "data-channel"): RecordedFrame[] {
  const file = new URL(`../../packages/protocol/test/vectors/${layer}.jsonl`, import.meta.url);
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordedFrame);
}

/** What a native app sent over its channels as an app, not as a transport. */
export function isSentByNativeApp({ layer, dir, ppid }: RecordedFrame): boolean {
  return layer === "channel" && dir === "send" && ppid === "binary(53)";
}
