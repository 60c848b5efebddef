import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { answer, refuseWriting } from "./answers.ts";
import { findFile } from "./project-files.ts";
import { NO_FILE, sendFile } from "./static-files.ts";

/** A folder whose files are served. */
export interface ServedFolder {
  /** Its real path. */
  readonly root: string;
  /** Adds to a page what it cannot know itself. */
  readonly toPage: (html: Buffer) => Buffer;
  /** What browsers may do with a page; `"no-store"` when going back must ask again, too. @default "no-cache" */
  readonly pageCaching?: "no-cache" | "no-store";
}

// A page is read as a whole, to add to it. A larger one is sent as it is.
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/**
 * Answers a request with a file of a folder; never with one outside of it or a hidden one. Must come behind the check of
 * the `Host` header. Rejects when a file vanishes meanwhile, or may not be read.
 */
export async function serveFolder(
  { root, toPage, pageCaching = "no-cache" }: ServedFolder,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (refuseWriting(request, response)) return;
  const target = await findFile(root, (request.url ?? "").split(/[?#]/, 1)[0] ?? "");
  if (target.type === "redirect") {
    response.setHeader("location", target.location);
    answer(response, 302, "");
  } else if (target.type === "none") {
    answer(response, 404, NO_FILE);
  } else if (/\.html?$/i.test(target.path) && target.size <= MAX_PAGE_BYTES) {
    const page = toPage(await readFile(join(root, target.path)));
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-length": page.length,
      "cache-control": pageCaching,
    });
    response.end(request.method === "HEAD" ? undefined : page);
  } else {
    sendFile(request, response, root, target.path);
  }
}
