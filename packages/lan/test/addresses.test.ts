import { describe, expect, test } from "vitest";
import { parseRoutes } from "../src/addresses/default-route.ts";
import { addressTowards, interfacesWith } from "../src/addresses/way-out.ts";
import { entry, NetworkCards } from "./network-cards.ts";
import { allAddresses, lanAddresses, type Interfaces } from "../src/index.ts";

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
  expect(lanAddresses(LAPTOP, [])).toEqual([
    "192.168.1.5",
    "203.0.113.9",
    "169.254.3.4",
    "172.17.0.1",
    "172.18.0.1",
    "10.8.0.2",
    "198.51.100.7",
  ]);
});

test("IPv6 is shown where there is nothing else", () => {
  const { wlan0 = [] } = LAPTOP;
  expect(lanAddresses({ wlan0: wlan0.slice(1) }, [])).toEqual(["fd00::2", "2001:db8::7"]);
  expect(allAddresses(LAPTOP, [])).toContain("fd00::2");
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
  "wwan0",
  "wwp0s20f0u3",
  "Cellular",
  "wt0",
])("%s is virtual", (name) =>
  expect(lanAddresses({ [name]: [entry("10.0.0.1")], en0: [entry("203.0.113.9")] }, [])[0]).toBe("203.0.113.9"),
);

test.each(["en0", "eth0", "wlan0", "enp3s0", "wlp2s0", "br0", "bridge", "Wi-Fi", "Ethernet"])("%s is real", (name) =>
  expect(lanAddresses({ docker0: [entry("10.0.0.1")], [name]: [entry("10.0.0.2")] }, [])[0]).toBe("10.0.0.2"),
);

test("the host's ends of VirtualBox and VMware are virtual, whatever Windows calls them", () => {
  const box = entry("192.168.56.1", false, "0a:00:27:00:00:0b");
  const vmware = entry("192.168.80.1", false, "00:50:56:c0:00:08");
  const interfaces = { "Ethernet 2": [box], "Ethernet 3": [vmware], "Wi-Fi": [entry("192.168.1.5")] };
  expect(lanAddresses(interfaces, [])).toEqual(["192.168.1.5", "192.168.56.1", "192.168.80.1"]);
});

test("the interface with the default route comes before others, but a tunnel with it after real ones", () => {
  const interfaces = { eth0: [entry("10.0.0.2")], wlan0: [entry("192.168.1.5")], tun0: [entry("10.8.0.2")] };
  expect(lanAddresses(interfaces, ["tun0", "wlan0"])).toEqual(["192.168.1.5", "10.0.0.2", "10.8.0.2"]);
  expect(lanAddresses({ eth1: [entry("203.0.113.9")], ...interfaces }, ["eth1"])[0]).toBe("203.0.113.9");
});

test("two laptops on one cable have link-local addresses; they come after all other real ones, and before containers", () => {
  const cable = { docker0: [entry("172.17.0.1")], eth0: [entry("169.254.3.4"), entry("fe80::1")] };
  expect(lanAddresses(cable, [])).toEqual(["169.254.3.4", "172.17.0.1"]);
  expect(lanAddresses({ eth0: cable.eth0 }, [])).toEqual(["169.254.3.4"]);
  expect(lanAddresses({ ...cable, wlan0: [entry("192.168.1.5")] }, [])[0]).toBe("192.168.1.5");
});

test("a machine in no network has no address for others", () => {
  expect(lanAddresses({ lo: [entry("127.0.0.1", true), entry("::1", true)] }, [])).toEqual([]);
});

describe("Linux's routes", () => {
  const HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
  const route = (name: string, destination: string, flags: string, metric: number, mask: string): string =>
    `${name}\t${destination}\t0100A8C0\t${flags}\t0\t0\t${metric}\t${mask}\t0\t0\t0   \n`;

  test("the default ones, the preferred first, each interface once", () => {
    const table = [
      route("wlan0", "00000000", "0003", 600, "00000000"),
      route("eth0", "00000000", "0003", 100, "00000000"),
      route("eth0", "00000000", "0003", 700, "00000000"),
      route("eth0", "0000A8C0", "0001", 0, "00FFFFFF"),
      route("usb0", "00000000", "0002", 1, "00000000"),
      route("tun0", "00000000", "0003", 0, "00000080"),
    ];
    expect(parseRoutes(HEAD + table.join(""))).toEqual(["eth0", "wlan0"]);
  });

  test.each(["", HEAD, "noise", `${HEAD}\n\n`, `${HEAD}eth0\n`, `${HEAD}eth0\tx\ty\tz\n`])("none in %j", (table) =>
    expect(parseRoutes(table)).toEqual([]),
  );
});

describe("where there is no table of routes", () => {
  test("the address that the machine would use towards another one tells the interface", async () => {
    expect(await addressTowards("127.0.0.1")).toBe("127.0.0.1");
    const interfaces = new NetworkCards({ eth0: ["192.168.1.2"], eth1: ["10.0.0.2"] }).list();
    expect(interfacesWith(interfaces, "10.0.0.2")).toEqual(["eth1"]);
    expect(interfacesWith(interfaces, undefined)).toEqual([]);
  });

  test("a machine without a way is no error", async () => {
    expect(await addressTowards("255.255.255.255")).toBeUndefined();
  });
});
