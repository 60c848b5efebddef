import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder with a project in it, and beside it what nobody may see. */
export class Project {
  readonly #parent: string = realpathSync(mkdtempSync(join(tmpdir(), "clayground-")));
  readonly root: string = join(this.#parent, "game");

  constructor() {
    mkdirSync(this.root);
  }

  /** Writes a file; `../` leads out of the project. */
  write(path: string, content: string | Buffer = "content"): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  link(path: string, target: string): void {
    symlinkSync(target, join(this.root, path));
  }

  remove(): void {
    rmSync(this.#parent, { recursive: true });
  }
}
