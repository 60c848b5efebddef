import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { addressGroup, clientAddress } from "../src/client-address.ts";

const request = (remoteAddress: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
  }) as IncomingMessage;

describe("the address of a client", () => {
  test.each([
    ["192.0.2.1", undefined, 0, "192.0.2.1"],
    ["::ffff:192.0.2.1", undefined, 0, "192.0.2.1"],
    ["fe80::1%eth0", undefined, 0, "fe80::1"],
    ["10.0.0.1", "203.0.113.5", 0, "10.0.0.1"],
    ["10.0.0.1", "203.0.113.5", 1, "203.0.113.5"],
    ["10.0.0.1", "6.6.6.6, 203.0.113.5", 1, "203.0.113.5"],
    ["10.0.0.1", "6.6.6.6, 203.0.113.5, 10.0.0.2", 2, "203.0.113.5"],
    ["10.0.0.1", "203.0.113.5", 2, "203.0.113.5"],
    ["10.0.0.1", "203.0.113.5:1234", 1, "203.0.113.5"],
    ["10.0.0.1", "[2001:db8::1]:1234", 1, "2001:db8::1"],
    ["10.0.0.1", "2001:db8::1", 1, "2001:db8::1"],
    ["10.0.0.1", "unknown", 1, "10.0.0.1"],
    ["10.0.0.1", "", 1, "10.0.0.1"],
    ["10.0.0.1", undefined, 1, "10.0.0.1"],
    ["10.0.0.1", "<script>", 1, "10.0.0.1"],
  ])("[S47] %s, told as %s, behind %i proxies: %s", (remote, forwarded, proxies, address) => {
    expect(clientAddress(request(remote, forwarded), proxies)).toBe(address);
  });

  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
  ])("[S47] %s counts as %s", (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});
