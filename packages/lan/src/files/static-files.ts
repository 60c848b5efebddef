import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";
import send from "send";
import { answer, refuseWriting } from "./answers.ts";

/** What is answered where there is no file. */
export const NO_FILE = "No such file in this project.\n";

const TEXT = "text/plain; charset=utf-8";
// Else QML would be downloaded instead of shown, and TypeScript taken for a video (MPEG transport stream).
const TYPES: Readonly<Record<string, string>> = {
  ".qml": TEXT,
  ".ts": TEXT,
  ".mts": TEXT,
  ".cts": TEXT,
  ".tsx": TEXT,
  ".cjs": "text/javascript; charset=utf-8",
};

/**
 * Sends a file, or the part of it that was asked for. The path comes from the file system or from a program, never from
 * a request, in `/` form from `folder` on.
 */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  folder: string,
  path: string,
  missing: { readonly status: number; readonly text: string } = { status: 404, text: NO_FILE },
): void {
  if (refuseWriting(request, response)) return;
  const type = TYPES[extname(path).toLowerCase()] ?? (/(?:^|\/)qmldir$/.test(path) ? TEXT : undefined);
  if (type !== undefined) response.setHeader("content-type", type);
  // Browsers may keep files, but ask each time whether they have changed.
  response.setHeader("cache-control", "no-cache");
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  send(request, encoded, { root: folder, index: false, dotfiles: "ignore", cacheControl: false })
    .on("error", ({ status, headers }: { status: number; headers?: Record<string, string> }) => {
      if (status === 404) return answer(response, missing.status, missing.text);
      // 416 carries the size of the file.
      for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
      answer(response, status, "");
    })
    .pipe(response);
}
