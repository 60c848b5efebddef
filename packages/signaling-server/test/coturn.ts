import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where coturn is on the PATH. */
export function findCoturn(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, "turnserver")).find(isProgram);
}

/** A coturn that runs on loopback. */
export interface Coturn {
  readonly port: number;
  stop(): Promise<void>;
}

/** What we tell people to use. */
const CONFIGURATION = fileURLToPath(new URL("../deploy/turnserver.conf", import.meta.url));

/** Starts coturn with our example configuration on loopback. It may not answer yet: a STUN client asks again. */
export async function startCoturn(program: string, secret: string): Promise<Coturn> {
  const folder = mkdtempSync(join(tmpdir(), "clayground-coturn-"));
  const port = await freeUdpPort();
  const options = {
    "listening-ip": "127.0.0.1",
    "relay-ip": "127.0.0.1",
    "listening-port": port,
    "static-auth-secret": secret,
    // Its own range, apart from the system's ephemeral ports.
    "min-port": 20_000,
    "max-port": 20_999,
    "relay-threads": 1,
    "log-file": join(folder, "coturn.log"),
    pidfile: join(folder, "coturn.pid"),
    userdb: join(folder, "coturn.db"),
  };
  const flags = ["-c", CONFIGURATION, "--no-tls", "--no-dtls", "--no-tcp"];
  const values = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(program, [...flags, ...values], { stdio: "ignore" });
  const closed = once(child, "close");
  return {
    port,
    async stop() {
      child.kill("SIGKILL");
      await closed;
      rmSync(folder, { recursive: true });
    },
  };
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
