import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { LanHost } from "./lan-host.ts";
import type { LanHostPlan } from "./lan-host.ts";
import { LanForbiddenError, Namespace } from "./namespace.ts";

/** A name server into nowhere: who asks it waits, or has no route to it. */
const RESOLVER = "nameserver 10.99.99.99\n";

/** What {@link createLan} builds. */
export interface LanPlan {
  /** A name alone is a host on the segment `room`. */
  hosts: readonly (string | LanHostPlan)[];
}

/**
 * Machines on segments of Ethernet, each with a network of its own and none with a way out. They share the machine's
 * files, but not its loopback: what listens on one host is reached from the others, and from nowhere else. Host `anna` is
 * known to all as `anna.example`; no other names are.
 */
export interface Lan {
  host(name: string): LanHost;
  readonly hosts: readonly LanHost[];
  /** Ends every process on every host, too. */
  close(): Promise<void>;
}

/**
 * As root, or as a user in a namespace where that is root; both are what `npm test` gives.
 *
 * @throws LanForbiddenError (rejection) where the system has no namespaces or bridges for us
 */
export async function createLan({ hosts }: LanPlan): Promise<Lan> {
  const plans = hosts.map((host) => (typeof host === "string" ? { name: host } : host));
  const segments = [...new Set(plans.flatMap(({ segments: own = ["room"] }) => own))];
  const cabinet = await Namespace.open("switch");
  await cabinet.run(segments.map(bridge).join("\n")).catch(async (error: unknown) => {
    await cabinet.close();
    throw new LanForbiddenError(String(error));
  });
  const all = await Promise.all(
    plans.map(async ({ name, ...plan }, at) => {
      const space = await Namespace.open(name);
      return LanHost.plug(space, { cabinet, segments, number: at + 11 }, { name, ...plan });
    }),
  );
  const byName = new Map(all.map((host) => [host.name, host]));
  const sites = all.map((host) => `${host.address()} ${host.name}.example\n`).join("");
  await Promise.all(
    all.map((host) => {
      const known = `127.0.0.1 localhost\n127.0.1.1 ${host.name}\n${sites}`;
      return host.run(mounts({ "/etc/hosts": known, "/etc/resolv.conf": RESOLVER }));
    }),
  );
  return {
    hosts: all,
    host: (name) => {
      const host = byName.get(name);
      if (!host) throw new Error(`no host ${name} in this LAN`);
      return host;
    },
    close: async () => {
      await Promise.all(all.map((host) => host.close()));
      await cabinet.close();
    },
  };
}

/** Puts files where the machine's own are; these stay as they are for everybody else. */
function mounts(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "clayground-lan-"));
  return Object.entries(files)
    .map(([file, content]) => {
      const own = join(folder, basename(file));
      writeFileSync(own, content);
      return `mount --bind ${own} "$(readlink -f ${file})"`;
    })
    .join("\n");
}

/** It floods multicast to everybody, like a cheap switch, and has no address of its own. */
function bridge(name: string): string {
  return `ip link add ${name} type bridge mcast_snooping 0 && ip link set ${name} up`;
}
