import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { lanAddress } from "../lan-address.ts";

/** A real coturn that takes the short-lived credentials of one secret. */
export interface TurnServer {
  /** As in an ICE server's `urls`. */
  url: string;
  secret: string;
  /** How often it has refused somebody so far. */
  refusals(): number;
  close(): Promise<void>;
}

/** Whether there is a `turnserver` on the PATH. */
export function hasTurnServer(): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, "turnserver"), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export async function startTurnServer(): Promise<TurnServer> {
  // Browsers send from no other.
  const address = lanAddress() ?? "127.0.0.1";
  const secret = "correct horse battery staple";
  const port = await freePort(address);
  const folder = mkdtempSync(join(tmpdir(), "clayground-turn-"));
  const options = {
    "static-auth-secret": secret,
    realm: "clayground.test",
    "listening-ip": address,
    "relay-ip": address,
    "listening-port": port,
    "log-file": "stdout",
    pidfile: join(folder, "pid"),
    userdb: join(folder, "users"),
  };
  const flags = ["n", "-use-auth-secret", "-no-tls", "-no-dtls", "-no-cli", "-fingerprint", "-no-multicast-peers"];
  const child = spawn("turnserver", [
    ...flags.map((flag) => `-${flag}`),
    ...Object.entries(options).map(([name, value]) => `--${name}=${value}`),
  ]);
  let log = "";
  const isUp = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`turnserver has ended: ${log}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes("Total General servers")) resolve();
      });
    }
  });
  await isUp;
  return {
    url: `turn:${address}:${port}`,
    secret,
    refusals: () => log.split(/Cannot find credentials of user|credentials are incorrect/).length - 1,
    close: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function freePort(address: string): Promise<number> {
  const socket = createSocket("udp4").bind(0, address);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}
