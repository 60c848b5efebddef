import { request, type IncomingMessage } from "node:http";
import { basename } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { get } from "../../lan/test/request.ts";
import { makeProject, start } from "./running.ts";

/** Opens a stream of events; `next` resolves to the next text of the server that matches. */
function listen(
  port: number,
  path: string,
): Promise<{ response: IncomingMessage; next(pattern: RegExp): Promise<string> }> {
  return new Promise((resolve, reject) => {
    const headers = { accept: "text/event-stream" };
    const client = request({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      const next = (pattern: RegExp): Promise<string> =>
        new Promise((found) => {
          const look = (): void => {
            const match = pattern.exec(text);
            if (match === null) return;
            response.off("data", look);
            found(match[0]);
          };
          response.on("data", look);
          look();
        });
      resolve({ response, next });
    });
    onTestFinished(() => void client.destroy());
    client.on("error", reject).end();
  });
}

describe("what pages get besides the project's files", () => {
  test("a page is told when a file changes", async () => {
    const project = makeProject();
    const { port } = await start({ root: project.root, reload: true });
    expect((await get(port, "/")).text).toContain('src="/clayground/reload.js"');
    const { response, next } = await listen(port, "/events");
    expect(response.headers["content-type"]).toBe("text/event-stream");
    await next(/event: hello\n/);
    project.write("levels/one.json", "{}");
    expect(await next(/event: reload\ndata: .*\n/)).toBe('event: reload\ndata: {"files":["levels/one.json"]}\n');
  });

  test("nothing reloads when that is not wanted", async () => {
    const { port } = await start({ reload: false });
    expect((await get(port, "/")).text).not.toContain("reload.js");
    expect((await get(port, "/events")).status).toBe(404);
  });

  test("the overview knows who is connected, also over plain HTTP", async () => {
    const { root } = makeProject();
    const { port, localUrl } = await start({ root });
    const { next } = await listen(port, "/peerjs?key=peerjs&id=8EYEWX&token=a");
    await next(/"OPEN"/);
    const { status, text } = await get(port, "/clayground/status.json");
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ name: basename(root), local: localUrl, networks: ["8EYEWX"], others: 0 });
    expect((await get(port, "/clayground/")).headers["content-type"]).toMatch(/^text\/html/);
  });

  test("signaling over plain HTTP: frames come down a stream, and go up by POST", async () => {
    const { port } = await start();
    const host = await listen(port, "/peerjs?key=peerjs&id=8EYEWX&token=a");
    const joiner = await listen(port, "/peerjs?key=peerjs&id=c123&token=b");
    await Promise.all([host.next(/"OPEN"/), joiner.next(/"OPEN"/)]);
    const sent = await fetch(`http://127.0.0.1:${port}/peerjs?key=peerjs&id=c123&token=b`, {
      method: "POST",
      body: '{"type":"OFFER","dst":"8EYEWX","payload":{"a":1}}\n',
    });
    expect(sent.status).toBe(204);
    expect(await host.next(/data: .*"OFFER".*\n/)).toContain('"src":"c123"');
  });
});
