import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { watch, type FSWatcher } from "chokidar";
import type { Clock } from "./clock.ts";
import { isHiddenName, isWatchedFile, projectPath } from "./watched-files.ts";

/** What a watcher tells. */
export interface WatcherEvents {
  /** A file was made, changed, or removed; its path from the project's folder on, in `/` form. */
  changed(path: string): void;
  /** The whole project came back after it had vanished. */
  replaced(): void;
  /** A sentence or two for the person at the terminal. */
  warn(message: string): void;
}

/** How a watcher looks at files. */
export interface WatcherOptions {
  /** Asks for every file's time again and again instead of being told. @default false */
  readonly polling?: boolean;
}

// Asking 5,000 files once a second takes 2.4 % of a core.
const POLLING_MS = 1000;
/** How often the project's folder itself is looked for: no watcher survives its deletion. */
const ROOT_CHECK_MS = 1000;
/** The kernel has no watches left: ENOSPC for watches, EMFILE and ENFILE for watchers. */
const EXHAUSTED: ReadonlySet<string> = new Set(["ENOSPC", "EMFILE", "ENFILE"]);

/** Tells which of a project's files change, whatever happens to its folders. Links are not followed. */
export class ProjectWatcher {
  readonly #root: string;
  readonly #clock: Clock;
  readonly #events: WatcherEvents;
  #polling: boolean;
  #watcher: FSWatcher | undefined;
  #identity = "";
  #newest = 0;
  #stopRootCheck: (() => void) | undefined;
  #closed = false;
  /** Ends the wait for a scan that is not wanted any more. */
  #stopWaiting: (() => void) | undefined;
  #hasWarned = false;

  constructor(root: string, clock: Clock, events: WatcherEvents, { polling = false }: WatcherOptions = {}) {
    this.#root = root;
    this.#clock = clock;
    this.#events = events;
    this.#polling = polling;
  }

  /** When the newest file that it found was changed, in whole milliseconds; 0 when there is none. */
  get newest(): number {
    return this.#newest;
  }

  /** Resolves when every change from now on is seen; never rejects. */
  async start(): Promise<void> {
    this.#identity = await this.#identify();
    if (this.#closed) return;
    this.#stopRootCheck = this.#clock.every(ROOT_CHECK_MS, () => void this.#checkRoot());
    await this.#watch();
  }

  /** Tells nothing any more, and frees every watch. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopRootCheck?.();
    this.#stopWaiting?.();
    await this.#watcher?.close();
  }

  async #watch(): Promise<void> {
    if (this.#closed) return;
    const watcher = watch(this.#root, {
      ignoreInitial: true,
      followSymlinks: false,
      ignorePermissionErrors: true,
      usePolling: this.#polling,
      interval: POLLING_MS,
      binaryInterval: POLLING_MS,
      ignored: (path, stats) => this.#isIgnored(path, stats),
    });
    this.#watcher = watcher;
    await new Promise<void>((resolve) => {
      this.#stopWaiting = resolve;
      watcher.once("ready", resolve);
      watcher.on("error", (error) => {
        if (watcher === this.#watcher) void this.#recover(error).then(resolve);
      });
    });
    if (watcher !== this.#watcher || this.#closed) return;
    // Only now: links are told of even when they were there before.
    watcher.on("all", (event, path) => {
      if (event === "addDir" || event === "unlinkDir" || watcher !== this.#watcher || this.#closed) return;
      const file = projectPath(this.#root, path);
      if (isWatchedFile(file)) this.#events.changed(file);
    });
  }

  #isIgnored(path: string, stats: Stats | undefined): boolean {
    const file = projectPath(this.#root, path);
    // The project may live below a folder with a dot; only what is inside of it counts.
    if (file === "") return false;
    if (isHiddenName(file.slice(file.lastIndexOf("/") + 1))) return true;
    if (stats?.isFile() !== true) return false;
    if (!isWatchedFile(file)) return true;
    this.#newest = Math.max(this.#newest, Math.floor(stats.mtimeMs));
    return false;
  }

  /** One error comes for each file that cannot be watched; the first one is answered. */
  async #recover(error: unknown): Promise<void> {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (EXHAUSTED.has(code) && !this.#polling) {
      this.#polling = true;
      this.#events.warn(
        `The system allows no more file watches (${code}), so changes are looked for every second. ` +
          "On Linux, raise the limit: sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024",
      );
      await this.#restart();
    } else if (!this.#hasWarned) {
      this.#hasWarned = true;
      this.#events.warn(`Live reload may miss changes: ${message}`);
    }
  }

  async #restart(): Promise<void> {
    const old = this.#watcher;
    this.#watcher = undefined;
    await old?.close();
    await this.#watch();
  }

  /** A folder that was deleted and made again, or replaced by another, is watched anew. */
  async #checkRoot(): Promise<void> {
    const identity = await this.#identify();
    if (identity === this.#identity || this.#closed) return;
    this.#identity = identity;
    if (identity === "") return;
    await this.#restart();
    if (!this.#closed) this.#events.replaced();
  }

  /** Which folder this is; empty while there is none. */
  async #identify(): Promise<string> {
    try {
      // A folder that is deleted and made again often gets the same number.
      const { dev, ino, birthtimeMs } = await stat(this.#root);
      return `${dev}:${ino}:${birthtimeMs}`;
    } catch {
      return "";
    }
  }
}
