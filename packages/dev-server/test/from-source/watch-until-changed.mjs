import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/live-reload/clock.ts";
import { ProjectWatcher } from "../../src/live-reload/project-watcher.ts";

// usage: node --import register.mjs THIS folder file: watches a folder, changes a file in it until that is told, and prints it.
const [folder = "", file = ""] = process.argv.slice(2);
const watcher = new ProjectWatcher(folder, systemClock, {
  changed: (path) => {
    clearInterval(writing);
    process.stdout.write(`changed ${path}\n`);
    void watcher.close();
  },
  replaced: () => undefined,
  warn: (message) => process.stdout.write(`warning: ${message}\n`),
});
await watcher.start();
// Where it looks again and again, it compares with what it saw at its first look, a moment after it has begun.
const writing = setInterval(() => writeFileSync(join(folder, file), "other"), 100);
