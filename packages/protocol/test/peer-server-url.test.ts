import { describe, expect, test } from "vitest";
import { peerServerUrl } from "../src/peer-server-url.ts";

const client = { id: "8EYEWX", token: "d3e12233" };
const query = "key=peerjs&id=8EYEWX&token=d3e12233";

describe("the URL of a signaling server", () => {
  test.each([
    ["ws://127.0.0.1:9101/peerjs", "ws://127.0.0.1:9101/peerjs"],
    ["ws://127.0.0.1:9101", "ws://127.0.0.1:9101/peerjs"],
    ["ws://127.0.0.1:9101/", "ws://127.0.0.1:9101/peerjs"],
    ["ws://127.0.0.1:9101/peerjs/", "ws://127.0.0.1:9101/peerjs"],
    ["wss://0.peerjs.com/peerjs", "wss://0.peerjs.com/peerjs"],
    ["https://0.peerjs.com", "wss://0.peerjs.com/peerjs"],
    ["http://localhost:8090/", "ws://localhost:8090/peerjs"],
    ["WSS://Example.COM/Game", "wss://example.com/Game/peerjs"],
    ["wss://example.com/game/peerjs#top", "wss://example.com/game/peerjs"],
    ["ws://[::1]:9000/x", "ws://[::1]:9000/x/peerjs"],
    ["wss://user:secret@example.com/", "wss://user:secret@example.com/peerjs"],
    ["wss://example.com/peerjs/peerjs", "wss://example.com/peerjs/peerjs"],
    ["wss://example.com/mypeerjs", "wss://example.com/mypeerjs/peerjs"],
    [" ws://a \n", "ws://a/peerjs"],
  ])("[S1] %j leads to %s", (url, expected) => {
    expect(peerServerUrl(url, client)).toBe(`${expected}?${query}`);
    expect(new URL(`${expected}?${query}`).pathname).toMatch(/\/peerjs$/);
  });

  test("[S2] query parameters are kept, but id and token are the client's own", () => {
    expect(peerServerUrl("ws://a/?room=1&id=EVIL&token=x&flag", client)).toBe(
      "ws://a/peerjs?room=1&id=8EYEWX&token=d3e12233&flag=&key=peerjs",
    );
  });

  test("[S2] the key is the given one, else the URL's, else peerjs", () => {
    expect(peerServerUrl("ws://a/?key=mine", client)).toBe("ws://a/peerjs?key=mine&id=8EYEWX&token=d3e12233");
    expect(peerServerUrl("ws://a/?key=mine", { ...client, key: "yours" })).toBe(
      "ws://a/peerjs?key=yours&id=8EYEWX&token=d3e12233",
    );
  });

  test("[S2] id, token and key are escaped", () => {
    expect(peerServerUrl("ws://a", { id: "a b", token: "&x=1", key: "#" })).toBe(
      "ws://a/peerjs?key=%23&id=a+b&token=%26x%3D1",
    );
  });

  test.each([
    "",
    "example.com",
    "ftp://a",
    "ws:/a",
    "ws://",
    "ws:///peerjs",
    "ws://a b/",
    "ws://a:99999/",
    "ws://a:b/",
    "ws://a:1:2/",
    "ws://[::1",
    "javascript:alert(1)",
    "ws://?x",
    "/peerjs",
  ])("[S1] %j is no URL of a signaling server", (url) => expect(peerServerUrl(url, client)).toBeUndefined());
});
