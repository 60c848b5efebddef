import { run } from "./run.mjs";

/** A loopback, and one interface with an address of RFC 2544, whose other end leads nowhere. */
const SETUP =
  "ip link set lo up && ip link add d0 type veth peer name d1 && ip link set d1 up && " +
  "ip addr add 198.18.9.1/24 dev d0 && ip link set d0 up && ip route add default dev d0 && ";

/**
 * What to put before a command, so that it has a network of its own: WebRTC offers the addresses of all interfaces, and
 * a test must not reach the real ones. As root, or as a user where the kernel lets users have namespaces.
 * @returns {Promise<string[] | undefined>} Nothing where namespaces are refused.
 */
export async function networkNamespace() {
  for (const flags of ["-n", "-Urn"]) {
    const prefix = ["unshare", flags, "sh", "-c", `${SETUP}exec "$@"`, "sh"];
    const tried = await run("unshare", [...prefix.slice(1), "true"]).catch(() => undefined);
    if (tried?.ok) return prefix;
  }
  return undefined;
}
