import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { LanHost } from "./lan-host.ts";

const MANIFEST = createRequire(import.meta.url).resolve("@clayground/signaling-server/package.json");
const PORT = 9000;

/** A signaling server on a machine of a LAN, which a test may kill. */
export interface LanSignaling {
  /** As a `signalingUrl`. */
  readonly url: string;
  /** Resolves when the process is gone, and its sockets with it. */
  kill(): Promise<void>;
}

/** The command `clay-signaling`; it ends with the host. */
export async function startSignalingOn(host: LanHost): Promise<LanSignaling> {
  const program = join(dirname(MANIFEST), "bin/clay-signaling.js");
  const args = [program, "--host", host.address(), "--port", String(PORT)];
  const child = host.spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(createInterface(child.stdout!), "line");
  return {
    url: `ws://${host.address()}:${PORT}`,
    kill: async () => {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}
