import type { Clock } from "./clock.ts";

/** What has changed, as pages are told. */
export interface Changes {
  /** Paths from the project's folder on, in `/` form, sorted; empty when there were too many to name. */
  readonly files: readonly string[];
  /** Whether files have changed that are not named. */
  readonly more?: true;
}

/** "Save all" and a build touch files one after the other; a page should see them all, and reload once. */
const GATHERING_MS = 300;
const MAX_FILES = 100;
// 100 paths of usual length; a page that waits must not cost more memory.
const MAX_LENGTH = 16_384;

/** Gathers changes from the first one on, and hands them over together. */
export class ChangedFiles {
  readonly #clock: Clock;
  readonly #deliver: (changes: Changes) => void;
  readonly #files = new Set<string>();
  #overflowed = false;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, deliver: (changes: Changes) => void) {
    this.#clock = clock;
    this.#deliver = deliver;
  }

  /** Notes a change of one file. */
  add(file: string): void {
    // The window starts with the first change and is not prolonged: who saves all the time still sees it.
    this.#cancel ??= this.#clock.after(GATHERING_MS, () => this.#flush());
    if (this.#files.size < MAX_FILES) this.#files.add(file);
    else if (!this.#files.has(file)) this.#overflowed = true;
  }

  /** Notes that anything may have changed. */
  addAll(): void {
    this.#cancel ??= this.#clock.after(GATHERING_MS, () => this.#flush());
    this.#overflowed = true;
  }

  /** Forgets what was gathered. */
  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#files.clear();
    this.#overflowed = false;
  }

  #flush(): void {
    const files = [...this.#files].sort();
    const isTooMuch = this.#overflowed || files.reduce((sum, file) => sum + file.length, 0) > MAX_LENGTH;
    this.clear();
    this.#deliver(isTooMuch ? { files: [], more: true } : { files });
  }
}
