import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { iceServersFor, type IceConfiguration } from "../src/ice-credentials.ts";

const NOW = Date.UTC(2026, 10, 22, 12) + 999;

function credentialOf(username = ""): string {
  return createHmac("sha1", "north").update(username).digest("base64");
}

test("the user name is the second of expiry and a name of the address, the credential its HMAC-SHA1 in base64", () => {
  const turn = { urls: ["turn:turn.example.com:3478"], secret: "north", ttlSeconds: 60 };
  const { iceServers, ttl } = iceServersFor(turn, NOW, "203.0.113.7");
  const [{ urls, username = "", credential }] = iceServers as [IceConfiguration["iceServers"][0]];
  expect([urls, ttl, credential]).toEqual([turn.urls, 60, credentialOf(username)]);
  expect(username).toMatch(/^1795348860:[\w-]{12}$/);
});

test("one address gets one user name for a while, so that coturn's quota holds for all that it asks for", () => {
  const turn = { urls: ["turn:turn.example.com"], secret: "north" };
  const nameAt = (now: number, address: string): string =>
    iceServersFor(turn, now, address).iceServers[0]?.username ?? "";
  expect(nameAt(1000, "203.0.113.7")).toBe(nameAt(500_000, "203.0.113.7"));
  expect(nameAt(1000, "203.0.113.7")).not.toBe(nameAt(600_000, "203.0.113.7"));
  expect(nameAt(1000, "203.0.113.7")).not.toBe(nameAt(1000, "203.0.113.8"));
  expect(nameAt(1000, "203.0.113.7")).not.toContain("203");
});

test("STUN servers come first and without credentials, and credentials are good for eight hours by default", () => {
  const turn = { urls: ["turns:turn.example.com"], secret: "north", stun: ["stun:turn.example.com"] };
  const { iceServers, ttl } = iceServersFor(turn, 0, "x");
  expect(ttl).toBe(8 * 60 * 60);
  expect(iceServers[0]).toEqual({ urls: turn.stun });
  expect(iceServers[1]).toMatchObject({ urls: turn.urls, credential: credentialOf(iceServers[1]?.username) });
  expect(iceServers[1]?.username).toMatch(/^28800:/);
});

test("the secret is nowhere in what clients get", () => {
  const text = JSON.stringify(iceServersFor({ urls: ["turn:t.example"], secret: "north" }, NOW, "x"));
  expect(text).not.toContain("north");
});
