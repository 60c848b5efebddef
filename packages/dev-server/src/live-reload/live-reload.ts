import { realpath } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ChangedFiles, type Changes } from "./changed-files.ts";
import { systemClock, type Clock } from "./clock.ts";
import { EventStream } from "./event-stream.ts";
import { ProjectWatcher } from "./project-watcher.ts";

/** Where pages listen for changes. */
const EVENTS_PATH = "/events";

/** What live reload needs from outside. */
export interface LiveReloadOptions {
  /** What passes time. @default the machine's */
  readonly clock?: Clock;
  /** Takes a sentence for the person at the terminal, such as that the system allows no more watches. @default none */
  readonly warn?: (message: string) => void;
  /** Takes what pages are told, at the same time. @default none */
  readonly changed?: (changes: Changes) => void;
  /** Looks at every file each second instead of being told, for file systems that tell nothing. @default false */
  readonly polling?: boolean;
}

/** Watches a project, and tells the pages that listen what has changed. */
export class LiveReload {
  readonly #options: LiveReloadOptions;
  readonly #clock: Clock;
  readonly #stream: EventStream;
  readonly #changes: ChangedFiles;
  #watcher: ProjectWatcher | undefined;
  #closed = false;

  constructor(options: LiveReloadOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#stream = new EventStream(this.#clock);
    this.#changes = new ChangedFiles(this.#clock, (changes) => {
      this.#stream.reload(changes);
      options.changed?.(changes);
    });
  }

  /** Watches this folder; resolves when every change from now on is told (5,000 files: half a second). Never rejects. */
  async start(root: string): Promise<void> {
    const real = await realpath(root).catch(() => root);
    if (this.#closed || this.#watcher) return;
    const { polling = false, warn } = this.#options;
    this.#watcher = new ProjectWatcher(
      real,
      this.#clock,
      {
        changed: (path) => this.#changes.add(path),
        replaced: () => this.#changes.addAll(),
        warn: (message) => warn?.(message),
      },
      { polling },
    );
    await this.#watcher.start();
    this.#stream.changedAt(this.#watcher.newest);
  }

  /** Answers `GET /events` with the stream of changes; `false` when the request is for something else. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean {
    if ((request.url ?? "").split(/[?#]/, 1)[0] !== EVENTS_PATH) return false;
    if (request.method === "GET" || request.method === "HEAD") {
      this.#stream.add(request, response);
    } else {
      response.writeHead(405, { "content-type": "text/plain; charset=utf-8", allow: "GET, HEAD" });
      response.end("Only GET and HEAD.\n");
    }
    return true;
  }

  /** Ends the stream of every page, and the watching. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#changes.clear();
    this.#stream.close();
    await this.#watcher?.close();
  }
}
