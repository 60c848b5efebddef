import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/**
 * The IP address of who sent a request. Behind proxies it is what they say, counted from the right: what stands
 * further left is what the client wrote itself.
 *
 * @param proxies how many proxies are in front
 */
export function clientAddress({ headers, socket }: IncomingMessage, proxies: number): string {
  const own = plainAddress(socket.remoteAddress ?? "");
  const forwarded = headers["x-forwarded-for"];
  if (proxies < 1 || forwarded === undefined) return own;
  const hops = (Array.isArray(forwarded) ? forwarded.join() : forwarded).split(",");
  // Fewer than there should be: the request came past a proxy.
  const hop = (hops.at(-proxies) ?? hops[0] ?? "").trim();
  // Some proxies add the port.
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
  return isIP(bare) > 0 ? plainAddress(bare) : own;
}

/**
 * What counts as one address: an IPv4 address, or the first half of an IPv6 address, because every home has
 * as many of the second half as it likes.
 */
export function addressGroup(address: string): string {
  if (!address.includes(":")) return address;
  const [left = "", right] = address.toLowerCase().split("::");
  const groups = left === "" ? [] : left.split(":");
  if (right !== undefined) {
    const behind = right === "" ? [] : right.split(":");
    // An IPv4 address at the end stands for two groups.
    const behindLength = behind.length + (right.includes(".") ? 1 : 0);
    groups.push(...Array.from({ length: 8 - groups.length - behindLength }, () => "0"), ...behind);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

function plainAddress(address: string): string {
  const withoutZone = address.split("%", 1)[0] ?? "";
  // An IPv4 client of a socket that takes both.
  return /^::ffff:([\d.]+)$/i.exec(withoutZone)?.[1] ?? withoutZone;
}
