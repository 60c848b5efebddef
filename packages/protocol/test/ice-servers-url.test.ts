import { describe, expect, test } from "vitest";
import { iceServersUrl } from "../src/index.ts";

describe("where a signaling server hands out ICE servers", () => {
  test.each([
    ["ws://localhost:8090/peerjs", "http://localhost:8090/peerjs/peerjs/ice"],
    ["wss://example.com", "https://example.com/peerjs/peerjs/ice"],
    ["https://example.com/game/", "https://example.com/game/peerjs/peerjs/ice"],
    ["wss://example.com/?key=a%20b%2F", "https://example.com/peerjs/a%20b%2F/ice"],
    ["ws://[::1]:9000/x?ticket=1&key=k#part", "http://[::1]:9000/x/peerjs/k/ice?ticket=1"],
  ])("[S54] of %j: %s", (url, expected) => {
    expect(iceServersUrl(url)).toBe(expected);
  });

  test.each(["", "example.com", "ftp://example.com/peerjs", "ws://"])("[S54] %j names no signaling server", (url) => {
    expect(iceServersUrl(url)).toBeUndefined();
  });
});
