import { createServer, type RequestListener } from "node:http";
import { describe, expect, test } from "vitest";
import { createSignalingServer, type LogEntry, type SignalingServer } from "../src/index.ts";
import { connected, start, streamed } from "./servers.ts";

async function get(server: SignalingServer, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return { status: response.status, text: await response.text() };
}

describe("an application's own requests on the signaling server's port", () => {
  test("it is asked first, and what it leaves is signaling's, or nobody's", async () => {
    const asked: string[] = [];
    const server = await start({
      onRequest: ({ url = "" }, response) => {
        asked.push(url.split("?", 1)[0] ?? "");
        if (!url.startsWith("/game")) return false;
        response.end("the game");
        return true;
      },
    });
    expect(await get(server, "/game/")).toEqual({ status: 200, text: "the game" });
    expect((await get(server, "/")).text).toContain("PeerJS Server");
    expect(await get(server, "/other")).toEqual({ status: 404, text: "" });
    // Nothing limits who asks for it, so nothing of it stays open.
    expect((await fetch(`http://127.0.0.1:${server.port}/other`)).headers.get("connection")).toBe("close");
    await streamed(server.url, "A");
    // WebSockets are signaling's alone.
    await connected(server.url, "B");
    expect(asked).toEqual(["/game/", "/", "/other", "/other", "/peerjs"]);
  });

  test("it may take its time", async () => {
    const server = await start({
      onRequest: (_request, response) => {
        setImmediate(() => response.end("later"));
        return true;
      },
    });
    expect((await get(server, "/")).text).toBe("later");
  });

  test("its failure is that request's alone: 500, and a line in the log", async () => {
    const entries: LogEntry[] = [];
    const server = await start({
      log: (entry) => entries.push(entry),
      onRequest: ({ url }, response) => {
        if (url === "/half") response.writeHead(200, { "content-length": 100 }).write("half");
        throw new Error("no such page");
      },
    });
    expect(await get(server, "/")).toEqual({ status: 500, text: "The application failed to answer.\n" });
    await expect(get(server, "/half")).rejects.toThrow(/terminated|fetch failed/);
    await connected(server.url, "A");
    expect(entries[0]).toEqual({ event: "request-failed", address: "127.0.0.1", error: "Error: no such page" });
  });

  test("on a server that is there already it is refused: that one has its own", async () => {
    const onRequest = (): boolean => true;
    const server = createServer((() => undefined) as RequestListener);
    await expect(createSignalingServer({ server, onRequest })).rejects.toThrow(/onRequest.*handleRequest/);
  });
});
