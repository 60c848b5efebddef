import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileAgent } from "./compile-agent.ts";

const BUILT = ["network/dist/clayground-network.js", "network-node/dist/index.js"];

/** Before any test: nothing real can be reached, the packages are built, the agent is compiled. Returns the clean-up. */
export function setup(): () => void {
  const others = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ family, address }) => family === "IPv4" && !isOurs(address))
      .map(({ address }) => `${name} ${address}`),
  );
  // Without namespaces Node's WebRTC is bound to loopback, and browsers reach only each other: no test has a STUN server.
  if (others.length > 0 && !process.env["CLAYGROUND_BIND"]) {
    throw new Error(`WebRTC would use real interfaces (${others.join(", ")}): run these tests with \`npm test\``);
  }
  const missing = BUILT.filter(
    (file) => !existsSync(fileURLToPath(new URL(`../../packages/${file}`, import.meta.url))),
  );
  if (missing.length > 0) throw new Error(`not built: ${missing.join(", ")}. Run \`npm run build\` first`);
  compileAgent();
  // Browsers that a test kills leave their profiles behind: all go into one folder, and with it.
  const folder = mkdtempSync(join(tmpdir(), "clayground-e2e-"));
  process.env["TMPDIR"] = folder;
  // What programs keep for their user, such as the certificate of clay-dev-server, they keep there.
  process.env["HOME"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Loopback, or the range that RFC 2544 keeps for benchmarks, where nothing real lives. */
function isOurs(address: string): boolean {
  return address.startsWith("127.") || /^198\.1[89]\./.test(address);
}
