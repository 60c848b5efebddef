import type { NetworkInterfaceInfo } from "node:os";
import { expect, test } from "vitest";
import { allAddresses, isShared, lanAddresses, type Interfaces } from "../src/addresses.ts";

const entry = (address: string, internal = false): NetworkInterfaceInfo =>
  ({ address, internal, family: address.includes(":") ? "IPv6" : "IPv4" }) as NetworkInterfaceInfo;

const LAPTOP: Interfaces = {
  lo: [entry("127.0.0.1", true), entry("::1", true)],
  docker0: [entry("172.17.0.1")],
  "br-6fd1": [entry("172.18.0.1")],
  utun3: [entry("10.8.0.2")],
  ppp0: [entry("198.51.100.7")],
  eth1: [entry("203.0.113.9")],
  wlan0: [entry("192.168.1.5"), entry("fd00::2"), entry("2001:db8::7"), entry("fe80::1")],
  usb0: [entry("169.254.3.4")],
  gone: undefined,
};

test("addresses that a phone may reach come first: real interfaces before virtual ones, private before public", () => {
  expect(lanAddresses(LAPTOP)).toEqual([
    "192.168.1.5",
    "203.0.113.9",
    "172.17.0.1",
    "172.18.0.1",
    "10.8.0.2",
    "198.51.100.7",
  ]);
});

test("IPv6 is shown where there is nothing else", () => {
  const { wlan0 = [] } = LAPTOP;
  expect(lanAddresses({ wlan0: wlan0.slice(1) })).toEqual(["fd00::2", "2001:db8::7"]);
  expect(allAddresses(LAPTOP)).toContain("fd00::2");
});

test.each([
  "docker0",
  "veth12ab",
  "br-6fd1",
  "virbr0",
  "vmnet8",
  "vboxnet0",
  "tun0",
  "tap0",
  "wg0",
  "zt7nn",
  "utun3",
  "bridge100",
  "tailscale0",
  "vEthernet (WSL)",
])("%s is virtual", (name) =>
  expect(lanAddresses({ [name]: [entry("10.0.0.1")], en0: [entry("203.0.113.9")] })[0]).toBe("203.0.113.9"),
);

test.each(["en0", "eth0", "wlan0", "enp3s0", "wlp2s0", "br0", "bridge", "Wi-Fi", "Ethernet"])("%s is real", (name) =>
  expect(lanAddresses({ docker0: [entry("10.0.0.1")], [name]: [entry("10.0.0.2")] })[0]).toBe("10.0.0.2"),
);

test("addresses of this machine alone are shared with nobody", () => {
  expect(["127.0.0.1", "localhost", "::1", "127.1.2.3"].some(isShared)).toBe(false);
  expect([undefined, "0.0.0.0", "192.0.2.7", "::"].every(isShared)).toBe(true);
});
