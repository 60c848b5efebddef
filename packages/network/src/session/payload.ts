import { isDeeper, MAX_FRAME_BYTES, MAX_DEPTH } from "@clayground/protocol";
import { NetworkError } from "../errors.ts";

/** What is left for data in a frame beside its keys: two ids of 64 characters and a number. */
const MAX_DATA_BYTES = MAX_FRAME_BYTES - 512;

/** The application's data as JSON text. Throws `invalid-data` and `message-too-large`. */
export function encodePayload(data: unknown): string {
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) throw invalid("bytes come with a later version");
  let json: string | undefined;
  try {
    json = JSON.stringify(data);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : "it cannot be written as JSON", error);
  }
  if (json === undefined) throw invalid(`${typeof data} is no JSON`);
  // The frame around it is a level of its own.
  if (isDeeper(json, MAX_DEPTH - 1)) throw invalid(`nested deeper than ${MAX_DEPTH - 1} levels`);
  if (byteLength(json) > MAX_DATA_BYTES)
    throw new NetworkError("message-too-large", `${byteLength(json)} bytes of ${MAX_DATA_BYTES}`, { limit: MAX_DATA_BYTES });
  return json;
}

/** Bytes in UTF-8; counted only where it can matter. */
function byteLength(text: string): number {
  return text.length * 3 <= MAX_DATA_BYTES ? text.length : new TextEncoder().encode(text).length;
}

function invalid(reason: string, cause?: unknown): NetworkError {
  return new NetworkError("invalid-data", reason, { reason }, cause);
}
