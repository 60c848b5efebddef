import { isDeeper, MAX_FRAME_BYTES, MAX_DEPTH } from "@clayground/protocol";
import { NetworkError } from "../errors.ts";

/** What is left for data in a frame beside its keys: two ids of 64 characters and a number. */
const MAX_DATA_BYTES = MAX_FRAME_BYTES - 512;

/** What is left for mail: an id of 64 characters and a number. The largest data fits in, with the keys of its own frame. */
const MAX_MAIL_BYTES = MAX_FRAME_BYTES - 256;

/** The application's data as JSON text. Throws `invalid-data` and `message-too-large`. */
export function encodePayload(data: unknown): string {
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) throw invalid("bytes");
  let json: string | undefined;
  try {
    json = JSON.stringify(data);
  } catch (error) {
    throw invalid(String(error), error);
  }
  if (json === undefined) throw invalid(typeof data);
  // The frame around it is a level of its own. (Writing it has shown that it has no circles.)
  if (isDeeper(data, MAX_DEPTH - 1)) throw invalid(`over ${MAX_DEPTH - 1} levels deep`);
  return bounded(json, MAX_DATA_BYTES);
}

/** The frames of mail as JSON text, to be passed on (SPEC.md, F19). Throws `message-too-large`. */
export function encodeMail(frames: readonly unknown[]): string {
  return bounded(JSON.stringify(frames), MAX_MAIL_BYTES);
}

function bounded(json: string, limit: number): string {
  // Counted only where it can matter: UTF-8 takes at most 3 bytes for each UTF-16 unit.
  const bytes = json.length * 3 > limit ? new TextEncoder().encode(json).length : 0;
  if (bytes > limit) throw new NetworkError("message-too-large", `${bytes} bytes`, { limit });
  return json;
}

function invalid(reason: string, cause?: unknown): NetworkError {
  return new NetworkError("invalid-data", reason, { reason }, cause);
}
