import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/live-reload/clock.ts";
import { ProjectWatcher } from "../../src/live-reload/project-watcher.ts";

// usage: node --import register.mjs THIS folder file: watches a folder, changes a file in it, prints what is told.
const [folder = "", file = ""] = process.argv.slice(2);
const watcher = new ProjectWatcher(folder, systemClock, {
  changed: (path) => {
    process.stdout.write(`changed ${path}\n`);
    void watcher.close();
  },
  replaced: () => undefined,
  warn: (message) => process.stdout.write(`warning: ${message}\n`),
});
await watcher.start();
writeFileSync(join(folder, file), "other");
