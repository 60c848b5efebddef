import { describe, expect, test } from "vitest";
import { toNativeIceServers } from "../src/ice-servers.ts";

const login = { username: "1763818000:alice", credential: "p:a@s/s?" };

describe("ICE servers", () => {
  test("a STUN server has a host name, and port 3478 unless another is given", () => {
    expect(
      toNativeIceServers([{ urls: ["stun:stun.example.org", "STUN:192.0.2.1:19302", "stun:[2001:db8::1]:3479"] }]),
    ).toEqual([
      { hostname: "stun.example.org", port: 3478 },
      { hostname: "192.0.2.1", port: 19302 },
      { hostname: "2001:db8::1", port: 3479 },
    ]);
  });

  test("a TURN server keeps user name and credential as they are, colons and all", () => {
    expect(toNativeIceServers([{ urls: "turn:turn.example.org:3479?transport=udp", ...login }])).toEqual([
      {
        hostname: "turn.example.org",
        port: 3479,
        username: login.username,
        password: login.credential,
        relayType: "TurnUdp",
      },
    ]);
  });

  test("what libjuice does not speak is left out, and the others stay", () => {
    const urls = [
      "turn:a.example?transport=tcp",
      "turns:b.example",
      "turns:b.example:443?transport=tcp",
      "stuns:c.example",
    ];
    expect(toNativeIceServers([{ urls, ...login }, { urls: "stun:d.example" }])).toEqual([
      { hostname: "d.example", port: 3478 },
    ]);
  });

  test.each([
    "garbage",
    "",
    "stun:",
    "stun://host",
    "stun:host:port",
    "stun:host:0",
    "stun:host:65536",
    "stun:host:1:2",
    "stun:2001:db8::1",
    "stun:[nonsense]",
    "http://host",
    "turn:host?transport=sctp",
    "stun:host\n",
    " stun:host",
  ])("refuses the URL %j in a plain sentence", (urls) => {
    expect(() => toNativeIceServers([{ urls, ...login }])).toThrow(/^Not the URL of a STUN or TURN server: /);
  });

  test("refuses what is no text at all", () => {
    expect(() => toNativeIceServers([{ urls: null as unknown as string }])).toThrow(TypeError);
    expect(() => toNativeIceServers([{ urls: [{}] as unknown as string[] }])).toThrow(TypeError);
  });

  test.each([
    {},
    { username: "a" },
    { credential: "b" },
    { username: "", credential: "b" },
    { username: "a".repeat(513), credential: "b" },
  ])("refuses a TURN server without a usable login: %j", (some) => {
    expect(() => toNativeIceServers([{ urls: "turn:host", ...some }])).toThrow(/needs username and credential/);
  });
});
