import type { NetworkInterfaceInfo } from "node:os";
import { describe, expect, test } from "vitest";
import { isOnLink, linksOf } from "../../src/discovery/links.ts";

function info(address: string, netmask: string, internal = false): NetworkInterfaceInfo {
  const more = { mac: "00:00:00:00:00:00", internal, cidr: null };
  return address.includes(":")
    ? { address, netmask, family: "IPv6", scopeid: 0, ...more }
    : { address, netmask, family: "IPv4", ...more };
}

describe("where this machine can be heard", () => {
  const lo = [info("127.0.0.1", "255.0.0.0", true), info("::1", "ffff::", true)];

  test("is at every IPv4 address but the loopback", () => {
    const interfaces = {
      lo,
      eth0: [info("192.168.1.5", "255.255.255.0"), info("fe80::1", "ffff:ffff:ffff:ffff::")],
      wlan0: [info("10.0.0.5", "255.0.0.0")],
    };
    expect(linksOf(interfaces).map(({ address }) => address)).toEqual(["192.168.1.5", "10.0.0.5"]);
  });

  test("is the loopback when there is nothing else", () => {
    expect(linksOf({ lo }).map(({ address }) => address)).toEqual(["127.0.0.1"]);
  });

  test("is at 32 addresses of a machine full of containers", () => {
    const bridges = Array.from({ length: 100 }, (_, n) => [`br-${n}`, [info(`172.18.${n}.1`, "255.255.255.0")]]);
    expect(linksOf(Object.fromEntries(bridges) as Record<string, NetworkInterfaceInfo[]>)).toHaveLength(32);
    const full = { ...Object.fromEntries(bridges), wlan1: [info("10.0.0.5", "255.0.0.0")] };
    expect(linksOf(full as Record<string, NetworkInterfaceInfo[]>)[0]?.address).toBe("10.0.0.5");
  });

  test.each([
    ["192.168.1.5", "255.255.255.0", "192.168.1.200", true],
    ["192.168.1.5", "255.255.255.0", "192.168.2.5", false],
    ["192.168.1.5", "255.255.0.0", "192.168.2.5", true],
    ["198.18.9.1", "255.255.255.0", "8.8.8.8", false],
    ["200.1.1.1", "255.255.255.255", "200.1.1.1", true],
  ])("and whom it hears: %s with %s and %s", (address, netmask, other, hears) => {
    expect(isOnLink({ address, netmask }, other)).toBe(hears);
  });
});
