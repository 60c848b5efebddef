import { advertise, discoverNetworks, startLanServer } from "@clayground/lan";
import type { LanServer } from "@clayground/lan";
import { decodeLanCode } from "@clayground/protocol";
import { Network } from "../network.ts";
import type { Terminal } from "./terminal.ts";

/** Milliseconds for one check. */
const LIMIT = 5000;

/** One thing that is looked at. */
interface Check {
  readonly name: string;
  /** Resolves with what was found; rejects with what is wrong and what to do. */
  run(): Promise<string>;
}

/** Looks at what LAN mode needs, and says what is missing; resolves with the exit code. */
export async function doctor(terminal: Terminal): Promise<number> {
  let server: LanServer | undefined;
  const checks: readonly Check[] = [
    {
      name: "a server for others",
      run: async () => {
        server = await startLanServer({});
        const addresses = server.codes.map((code) => decodeLanCode(code)?.address ?? "");
        if (addresses[0]?.startsWith("127.")) throw new Error("this machine is in no network: connect it to one");
        return `${addresses.join(", ")}, port ${server.port}`;
      },
    },
    { name: "being found", run: () => findOneself(server) },
    { name: "a connection", run: connectToOneself },
  ];
  let failures = 0;
  for (const { name, run } of checks) {
    try {
      terminal.write(`ok    ${name}: ${await within(run())}`);
    } catch (error) {
      failures++;
      terminal.write(`FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  void server?.close();
  terminal.write(
    failures === 0
      ? "\nThis machine can host. If others do not reach it, a firewall on it or the Wi-Fi (guest network, client\n" +
          "isolation) stands between: try `clayground-play host` here and `clayground-play join CODE` there."
      : "\nHosting on the local network will not work from here until this is cured.",
  );
  return failures === 0 ? 0 : 1;
}

/** Announces a network and looks for it, as others would. */
async function findOneself(server: LanServer | undefined): Promise<string> {
  if (!server) throw new Error("not looked at: there is no server");
  const { codes, port } = server;
  const advertisement = advertise({
    name: "doctor",
    appId: "clayground-doctor",
    codes,
    port,
    nodeCount: 1,
    maxNodes: 2,
  });
  const stop = AbortSignal.timeout(LIMIT - 500);
  try {
    for await (const networks of discoverNetworks({ appId: "clayground-doctor", signal: stop }))
      if (networks.some(({ code }) => codes.includes(code))) return "others see this machine's networks in their lists";
  } finally {
    await advertisement.close();
  }
  throw new Error("announcements do not come back (multicast, UDP port 5353): others need the code, lists stay empty");
}

/** Hosts and joins in this process: signaling, ICE, DTLS and both channels. */
async function connectToOneself(): Promise<string> {
  const host = new Network({ signalingMode: "local", advertise: false, connectionTimeout: LIMIT - 500 });
  const joiner = new Network({ connectionTimeout: LIMIT - 500 });
  try {
    const began = performance.now();
    await joiner.join(await host.host());
    return `made in ${Math.round(performance.now() - began)} ms (WebRTC over this machine's own address)`;
  } finally {
    joiner.leave();
    host.leave();
  }
}

async function within(found: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no result within ${LIMIT / 1000} s`)), LIMIT);
  });
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}
