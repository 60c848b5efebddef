import { expect, test } from "vitest";
import { createSignalingServer } from "../src/index.ts";
import { start } from "./servers.ts";

const turn = { urls: ["turn:turn.example.com"], secret: "north" };

test("[S54] who may not connect gets no TURN credentials either", async () => {
  const server = await start({
    turn,
    authorize: ({ id, parameters }) => id === "" && parameters.get("ticket") === "42",
  });
  const ice = `${server.url.replace("ws", "http")}/peerjs/ice`;
  const refused = await fetch(ice);
  expect([refused.status, await refused.text()]).toEqual([403, "You may not use this server.\n"]);
  expect(await (await fetch(`${ice}?ticket=42`)).json()).toMatchObject({ iceServers: [{ urls: turn.urls }] });
  expect(server.statistics().refusedTotal.unauthorized).toBe(1);
});

test.each([
  ["a TURN server without secret", { turn: { urls: turn.urls, secret: undefined as never } }, /turn\.secret/],
  ["credentials that never expire", { turn: { ...turn, ttlSeconds: Infinity } }, /turn\.ttlSeconds/],
  ["a ping that never comes", { pingIntervalMs: Infinity }, /pingIntervalMs must be at most/],
  ["a handshake without end", { handshakeMs: 2 ** 31 }, /handshakeMs must be at most/],
])("%s is refused when the server starts", async (_what, options, message) => {
  await expect(createSignalingServer({ port: 0, ...options })).rejects.toThrow(message);
});
