import { BROWSERS, findBrowser, findCommand } from "./find-programs.mjs";
import { run } from "./run.mjs";

/**
 * Finds the browsers and other programs that the tests drive, and installs what is missing where that is possible.
 * @returns {Promise<Record<string, string>>} Environment variables that say where the browsers are.
 */
export async function prepareBrowsers() {
  const isSkipped = process.env["CLAYGROUND_SKIP_BROWSERS"] === "1";
  if (isSkipped)
    console.log("!! CLAYGROUND_SKIP_BROWSERS=1: test/e2e, everything with a browser in it, IS NOT TESTED !!");
  const browsers = isSkipped ? [] : BROWSERS;
  const missing = browsers.filter((browser) => !findBrowser(browser)).map(({ debian }) => debian);
  if (process.platform === "linux" && !findCommand("ip")) missing.push("iproute2");
  if (!findCommand("openssl")) missing.push("openssl");
  if (!findCommand("turnserver")) missing.push("coturn");
  if (missing.length > 0 && process.getuid?.() === 0 && findCommand("apt-get")) await install(missing);
  if (!findCommand("turnserver")) console.log("!! coturn is missing: TURN credentials are not tested against it.");
  /** @type {Record<string, string>} */
  const places = {};
  for (const browser of browsers) {
    const path = findBrowser(browser);
    if (path) places[browser.variable] = path;
    else console.log(instruction(browser));
  }
  return places;
}

/** @param {string[]} packages */
async function install(packages) {
  console.log(`installing Debian's ${packages.join(", ")} for the tests`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const wait = ["-o", "DPkg::Lock::Timeout=500"];
  const updated = await run("apt-get", [...wait, "update"], { env });
  const installed = await run("apt-get", [...wait, "install", "-y", "--no-install-recommends", ...packages], { env });
  if (!installed.ok) console.log(`${updated.ok ? "" : updated.output}${installed.output}`.trim());
}

/** @param {import("./find-programs.mjs").Browser} browser */
function instruction({ name, debian, commands, variable }) {
  return [
    `!! ${name} is missing: its tests will fail.`,
    `   Install it (Debian: apt-get install ${debian}), so that ${commands.join(" or ")} is on the PATH,`,
    `   or set ${variable} to its path. CLAYGROUND_SKIP_BROWSERS=1 leaves all browser tests out.`,
  ].join("\n");
}
