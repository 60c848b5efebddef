import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/**
 * A browser that the tests drive: where it may be, in the order in which it is looked for.
 * @typedef {{ name: string, variable: string, commands: string[], apps: string[], cached: string[], debian: string }} Browser
 */

/** @type {Browser[]} */
export const BROWSERS = [
  {
    name: "Chromium",
    variable: "CLAYGROUND_CHROMIUM",
    commands: ["chromium", "chromium-browser", "google-chrome"],
    apps: ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"],
    cached: ["chrome-linux64/chrome", "chrome-linux/chrome", "chrome-mac/Chromium.app/Contents/MacOS/Chromium"],
    debian: "chromium",
  },
  {
    name: "Firefox",
    variable: "CLAYGROUND_FIREFOX",
    commands: ["firefox-esr", "firefox"],
    apps: ["/Applications/Firefox.app/Contents/MacOS/firefox"],
    cached: ["firefox/firefox", "firefox/Nightly.app/Contents/MacOS/firefox"],
    debian: "firefox-esr",
  },
];

/**
 * Where a browser is: what its environment variable says, the system's, or Playwright's.
 * @param {Browser} browser
 * @returns {string | undefined}
 */
export function findBrowser({ name, variable, commands, apps, cached }) {
  const chosen = process.env[variable];
  if (chosen && !isProgram(chosen)) throw new Error(`${variable}=${chosen} is no program`);
  if (chosen) return chosen;
  const inCache = playwrightFolders(name.toLowerCase()).flatMap((folder) => cached.map((path) => join(folder, path)));
  return commands.map(findCommand).find(Boolean) ?? [...apps, ...inCache].find(isProgram);
}

/**
 * Where a command is on the PATH.
 * @param {string} name
 * @returns {string | undefined}
 */
export function findCommand(name) {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/**
 * Playwright's downloads of a browser, the newest first.
 * @param {string} name
 */
function playwrightFolders(name) {
  const places = [".cache/ms-playwright", "Library/Caches/ms-playwright"].map((path) => join(homedir(), path));
  const own = process.env["PLAYWRIGHT_BROWSERS_PATH"];
  return [...(own ? [own] : []), ...places].filter(existsSync).flatMap((place) =>
    readdirSync(place)
      .filter((folder) => folder.startsWith(`${name}-`))
      .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
      .map((folder) => join(place, folder)),
  );
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
