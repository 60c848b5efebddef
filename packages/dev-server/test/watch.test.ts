import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { LiveReload } from "../src/live-reload/live-reload.ts";
import { ProjectWatcher, type WatcherOptions } from "../src/live-reload/project-watcher.ts";
import { isWatchedFile } from "../src/live-reload/watched-files.ts";
import { ManualClock } from "./manual-clock.ts";
import { Project } from "../../lan/test/project.ts";

/** Of two changes of a file within 50 ms, chokidar tells the first one. */
const TOLD_ONCE_WITHIN_MS = 50;

interface Watched {
  readonly project: Project;
  readonly clock: ManualClock;
  /** Which files were told to have changed; "*" for all. */
  readonly told: Set<string>;
  readonly warnings: string[];
  sees(...files: string[]): Promise<void>;
}

/** A busy machine takes its time to tell of a change. */
const PATIENT = { timeout: 10_000 };

async function watch(
  prepare: (project: Project) => void = () => undefined,
  options?: WatcherOptions,
): Promise<Watched> {
  const [project, clock, told, warnings] = [new Project(), new ManualClock(), new Set<string>(), [] as string[]];
  prepare(project);
  const watcher = new ProjectWatcher(
    project.root,
    clock,
    {
      changed: (path) => told.add(path),
      replaced: () => told.add("*"),
      warn: (message) => warnings.push(message),
    },
    options,
  );
  onTestFinished(async () => {
    await watcher.close();
    project.remove();
  });
  await watcher.start();
  const sees = async (...files: string[]): Promise<void> => {
    await vi.waitFor(() => expect([...told].sort()).toEqual(files.sort()), PATIENT);
    told.clear();
  };
  return { project, clock, told, warnings, sees };
}

function remove({ root }: Project, path: string): void {
  rmSync(join(root, path), { recursive: true });
}

function rename({ root }: Project, from: string, to: string): void {
  renameSync(join(root, from), join(root, to));
}

describe("which files matter", () => {
  test.each(["Main.qml", "qmldir", "a.js", "a.mjs", "a.ts", "a.css", "a.html", "a.json", "a.b.c.png", "A.PNG"])(
    "%s does",
    (name) => {
      expect(isWatchedFile(name)).toBe(true);
      expect(isWatchedFile(`levels/deep/${name}`)).toBe(true);
      expect(isWatchedFile(`node_modules/x/${name}`)).toBe(false);
      expect(isWatchedFile(`.git/${name}`)).toBe(false);
    },
  );

  test.each(["a.ogg", "a.wav", "a.woff2", "a.wasm", "a.glsl", "a.frag", "a.glb", "a.tmj", "a.webp", "a.mp4", "a.svg"])(
    "the asset %s does",
    (name) => expect(isWatchedFile(name)).toBe(true),
  );

  test.each([
    [
      "a.js~",
      "4913",
      ".a.js.swp",
      "a.js.swp",
      "a.swx",
      "#a.js#",
      ".#a.js",
      "a.tmp",
      "a.js.tmp.123",
      "a.js___jb_tmp___",
    ],
    [
      "a.js___jb_old___",
      "a.png.crdownload",
      "a.part",
      "a.js.bak",
      ".a.js",
      ".DS_Store",
      "a.log",
      "a.sqlite",
      "a",
      ".js",
    ],
  ])("what editors and others write on the side does not: %s, …", (...names) => {
    expect(names.filter(isWatchedFile)).toEqual([]);
  });
});

describe("changes are seen", () => {
  test("of files that are made, changed, and removed, in old folders and new ones", async () => {
    const { project, sees } = await watch((start) => start.write("old/a.js"));
    project.write("old/a.js", "other");
    await sees("old/a.js");
    project.write("new/deep/b.css");
    await sees("new/deep/b.css");
    project.write("new/deep/b.css", "other");
    await sees("new/deep/b.css");
    remove(project, "old/a.js");
    await sees("old/a.js");
  });

  test("when an editor writes another file and puts it in place of the old one", async () => {
    const { project, sees } = await watch((start) => start.write("a.js"));
    for (const content of ["one", "two", "three"]) {
      project.write("a.js~", content);
      rename(project, "a.js~", "a.js");
      await sees("a.js");
      await delay(TOLD_ONCE_WITHIN_MS + 1);
    }
  });

  test("but not of what does not matter", async () => {
    const { project, sees } = await watch((start) => start.write("node_modules/x/index.js"));
    for (const path of [".git/index.json", "node_modules/x/index.js", "a.js.swp", "4913", "debug.log"])
      project.write(path, "other");
    // What came before it in the same folder would have been told by now.
    project.write("a.js");
    await sees("a.js");
  });

  test("when a folder vanishes and is made again, or gets another name", async () => {
    const { project, sees } = await watch((start) => start.write("levels/one.json"));
    remove(project, "levels");
    await sees("levels/one.json");
    project.write("levels/one.json", "other");
    await sees("levels/one.json");
    rename(project, "levels", "maps");
    await sees("levels/one.json", "maps/one.json");
    project.write("maps/one.json", "third");
    await sees("maps/one.json");
  });

  test("when the whole project vanishes and comes back", async () => {
    const { project, clock, told, sees } = await watch((start) => start.write("a.js"));
    remove(project, ".");
    await sees("a.js");
    clock.pass(5000);
    // It has looked, and seen that there is none, when this has.
    await expect(stat(project.root)).rejects.toThrow("ENOENT");
    mkdirSync(project.root);
    project.write("b.js");
    await vi.waitFor(() => {
      clock.pass(1000);
      expect(told).toContain("*");
    }, PATIENT);
    told.clear();
    project.write("b.js", "other");
    await sees("b.js");
  });

  test("not where a link leads out of the project; a link that leads nowhere or around does no harm", async () => {
    const { project, sees } = await watch((start) => {
      start.write("../outside/a.js");
      start.link("out", "../outside");
      start.link("gone", "nowhere");
      start.link("around", ".");
    });
    project.write("../outside/a.js", "other");
    project.write("a.js");
    await sees("a.js");
  });

  test("below a folder with a dot, too", async () => {
    const { project, clock } = await watch();
    project.write("../.hidden/game/a.js");
    const told: (readonly string[])[] = [];
    const live = new LiveReload({ clock, changed: ({ files }) => told.push(files) });
    onTestFinished(() => live.close());
    await live.start(join(project.root, "../.hidden/game"));
    project.write("../.hidden/game/a.js", "other");
    await vi.waitFor(() => {
      clock.pass(300);
      expect(told).toEqual([["a.js"]]);
    });
  });

  test("by looking again and again, where the system tells nothing", async () => {
    const { project, told } = await watch((start) => start.write("a.js"), { polling: true });
    // It asks for a file's time for the first time a moment after it has begun: what it saw then is what it compares with.
    let content = "content";
    await vi.waitFor(() => {
      project.write("a.js", (content += ", longer"));
      expect([...told]).toEqual(["a.js"]);
    }, PATIENT);
  });
});

describe("when it cannot watch", () => {
  test.skipIf(!canLimitWatches())(
    "because the system allows no more watches, it says what to do, and looks again and again",
    { timeout: 30_000 },
    () => {
      const project = new Project();
      onTestFinished(() => project.remove());
      for (let n = 0; n < 50; n++) project.write(`levels/${n}.json`);
      const register = new URL("from-source/register.mjs", import.meta.url).href;
      const script = fileURLToPath(new URL("from-source/watch-until-changed.mjs", import.meta.url));
      const args = [process.execPath, "--conditions=clayground-source", "--import", register, script, project.root];
      const output = inLimitedNamespace(10, ...args, "levels/49.json");
      expect(output).toMatch(
        /^warning: .*\(ENOSPC\).* fs\.inotify\.max_user_watches=\d+ [^\n]*\nchanged levels\/49\.json\n$/,
      );
    },
  );

  test("because there is no such folder, it waits for it", async () => {
    const [project, clock] = [new Project(), new ManualClock()];
    const changed = vi.fn<() => void>();
    const live = new LiveReload({ clock, changed });
    onTestFinished(async () => {
      await live.close();
      project.remove();
    });
    await live.start(join(project.root, "later"));
    project.write("later/a.js");
    await vi.waitFor(() => {
      clock.pass(1000);
      expect(changed).toHaveBeenCalledWith({ files: [], more: true });
    });
  });

  test("after it was closed, nothing is told and no timer waits", async () => {
    const clock = new ManualClock();
    const project = new Project();
    onTestFinished(() => project.remove());
    const live = new LiveReload({ clock });
    const started = live.start(project.root);
    await live.close();
    await started;
    await live.start(project.root);
    expect(clock.waiting).toBe(0);
  });
});

/** Runs a command as a user who has few inotify watches: limits hold for the namespaces inside of one's own, too. */
function inLimitedNamespace(watches: number, ...command: string[]): string {
  const limit = `echo ${watches} > /proc/sys/user/max_inotify_watches && exec unshare -Ur "$@"`;
  return execFileSync("sh", ["-c", `exec unshare -Ur sh -c '${limit}' sh "$@"`, "sh", ...command], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 20_000,
  });
}

function canLimitWatches(): boolean {
  try {
    inLimitedNamespace(1, "true");
    return true;
  } catch {
    return false;
  }
}
