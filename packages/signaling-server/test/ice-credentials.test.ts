import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { iceServersFor } from "../src/ice-credentials.ts";

const NOW = Date.UTC(2026, 10, 22, 12) + 999;

test("the user name is the second of expiry and something random, the credential its HMAC-SHA1 in base64", () => {
  const turn = { urls: ["turn:turn.example.com:3478"], secret: "north", ttlSeconds: 60 };
  expect(iceServersFor(turn, NOW, "abcd")).toEqual({
    iceServers: [{ urls: turn.urls, username: "1795348860:abcd", credential: "cbNCFvOMBD1Y31nbp0z4Nq/Bi1Q=" }],
    ttl: 60,
  });
});

test("STUN servers come first and without credentials, and credentials are good for eight hours by default", () => {
  const turn = { urls: ["turns:turn.example.com"], secret: "north", stun: ["stun:turn.example.com"] };
  const { iceServers, ttl } = iceServersFor(turn, 0, "x");
  expect(ttl).toBe(8 * 60 * 60);
  expect(iceServers).toEqual([
    { urls: turn.stun },
    {
      urls: turn.urls,
      username: "28800:x",
      credential: createHmac("sha1", "north").update("28800:x").digest("base64"),
    },
  ]);
});

test("the secret is nowhere in what clients get", () => {
  const text = JSON.stringify(iceServersFor({ urls: ["turn:t.example"], secret: "north" }, NOW, "x"));
  expect(text).not.toContain("north");
});
