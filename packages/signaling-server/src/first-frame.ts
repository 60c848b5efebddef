import { asObject, isPeerId, parseJson } from "@clayground/protocol";
import { CLOSE_TOO_LARGE, refusal, type RefusalMessage } from "./client-query.ts";

// As much as a frame may have that is parsed: 16 KiB take up to 3 ms, in which nobody else is served.
const MAX_FIRST_FRAME_BYTES = 16 * 1024;

/** What is said to who begins with too much. */
export const FIRST_FRAME_TOO_LARGE: RefusalMessage = refusal(
  "frame-size",
  "ERROR",
  `The first frame is larger than ${MAX_FIRST_FRAME_BYTES} bytes`,
  CLOSE_TOO_LARGE,
);

/**
 * Reads the frame with which a client of existing apps begins in LAN mode: `{"id":…}`, maybe with more in it. Its id is
 * `undefined` where it has none, so wants one.
 */
export function readFirstFrame(frame: Buffer): { readonly id: string | undefined } | RefusalMessage {
  if (frame.length > MAX_FIRST_FRAME_BYTES) return FIRST_FRAME_TOO_LARGE;
  const first = asObject(parseJson(frame.toString())?.value);
  if (!first) return refusal("bad-request", "ERROR", 'The first frame must be JSON, as {"id":"…"}');
  const { id } = first;
  if (id === undefined || isPeerId(id)) return { id };
  return refusal("bad-request", "ERROR", "This id is not allowed on this server");
}
