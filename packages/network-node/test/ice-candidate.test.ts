import { describe, expect, test } from "vitest";
import { isMdns, readCandidate } from "../src/ice-candidate.ts";

const NAME = "0b7a6a5e-9f0c-4c5e-8b6f-3a1d2c4b5a69.local";

describe("candidates", () => {
  test("are made anew from the parts that count", () => {
    const text =
      "a=candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag x";
    expect(readCandidate(text)).toEqual({
      line: "candidate:842163049 1 UDP 1677729535 203.0.113.7 46154 typ srflx",
      type: "srflx",
      address: "203.0.113.7",
      endpoint: "203.0.113.7 46154",
    });
  });

  test("are taken with IPv6, and with the names behind which browsers hide their address", () => {
    expect(readCandidate("candidate:1 1 UDP 1 2001:db8::7 5000 typ host")?.address).toBe("2001:db8::7");
    const hidden = readCandidate(`candidate:1 1 UDP 1 ${NAME} 5000 typ host`);
    expect(hidden && isMdns(hidden)).toBe(true);
  });

  test.each([
    ["over TCP", "candidate:1 1 TCP 1 192.0.2.1 9 typ host tcptype active"],
    ["of another component", "candidate:1 2 UDP 1 192.0.2.1 5000 typ host"],
    ["without a port", "candidate:1 1 UDP 1 192.0.2.1 0 typ host"],
    ["with a name that a stranger chose", "candidate:1 1 UDP 1 internal.example 5000 typ host"],
    ["with a .local name that is no UUID", "candidate:1 1 UDP 1 printer.local 5000 typ host"],
    ["with a scope", "candidate:1 1 UDP 1 fe80::1%eth0 5000 typ host"],
  ])("%s are passed over", (_, text) => {
    expect(readCandidate(text)).toBeUndefined();
  });

  test.each([
    "",
    "garbage",
    "candidate:",
    "candidate:1 1 UDP x 192.0.2.1 5000 typ host",
    "candidate:1 1 UDP 4294967296 192.0.2.1 5000 typ host",
    "candidate:1 1 UDP 1 192.0.2.1 65536 typ host",
    "candidate:1 1 UDP 1 192.0.2.1 5000 typ nothing",
    "candidate:1 1 UDP 1 192.0.2.1 5000",
    "candidate:1 1 UDP 1 192.0.2.1 5000 typ host\0",
    `candidate:${"1".repeat(33)} 1 UDP 1 192.0.2.1 5000 typ host`,
    `candidate:1 1 UDP 1 192.0.2.1 5000 typ host ${"x".repeat(1024)}`,
  ])("%j is none", (text) => {
    expect(() => readCandidate(text)).toThrow("Not an ICE candidate.");
  });
});
