import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { advertise, startLanServer } from "@clayground/lan";
import { startDevServer } from "clay-dev-server";
import type { DevServer } from "clay-dev-server";
import type { Page } from "puppeteer-core";
import { describe, expect } from "vitest";
import { WebSocket } from "ws";
import { testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";

const test = testOnStage();
const NAME = '<img src=x onerror="document.title=1">';

async function serve(scene: Scene, host?: string): Promise<DevServer> {
  const parent = mkdtempSync(join(tmpdir(), "clay-overview-"));
  const root = join(parent, NAME);
  mkdirSync(root);
  const server = await scene.keep(
    startDevServer({ root, port: 0, reload: false, ...(host !== undefined && { host }) }),
  );
  await scene.keep({ close: () => rmSync(parent, { recursive: true }) });
  return server;
}

async function openOverview(scene: Scene, kind: "chromium" | "firefox", server: DevServer): Promise<Page> {
  const page = await scene.keep((await scene.stage.browser({ kind })).newPage());
  await page.setViewport({ width: 360, height: 740 });
  await page.goto(`${server.localUrl}clayground/`);
  await page.waitForSelector("#content:not([hidden])");
  return page;
}

function connect(scene: Scene, { port }: DevServer, id: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/peerjs?key=peerjs&id=${id}&token=a`);
  return scene.keep(new Promise<WebSocket>((resolve) => socket.on("open", () => resolve(socket))));
}

const text = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (element) => element.textContent?.trim() ?? "");

describe("the overview page", () => {
  test.for(["chromium", "firefox"] as const)(
    "in %s shows networks with a link to join, counts other peers, and shows names as text",
    async (kind, { scene }) => {
      const server = await serve(scene, "127.0.0.1");
      await connect(scene, server, "K7M2QX");
      await connect(scene, server, "c1234567");
      const page = await openOverview(scene, kind, server);
      expect(await text(page, "#name")).toBe(NAME);
      expect(await page.$("#name img")).toBeNull();
      expect(await page.$eval("#networks a", (link) => link.getAttribute("href"))).toBe("/?join=K7M2QX");
      expect(await text(page, "#others")).toBe("1 other peer is connected to signaling.");
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      // Nobody else reaches this server.
      expect(await page.evaluate("[scan.hidden, alone.hidden]")).toEqual([true, false]);
    },
  );

  test("has a QR code for phones, copies addresses, and keeps up with networks and with the server's end", async ({
    scene,
  }) => {
    const server = await serve(scene);
    await connect(scene, server, "K7M2QX");
    const page = await openOverview(scene, "chromium", server);
    const [url] = server.lanUrls;
    if (url !== undefined) {
      expect(await text(page, "#qr-url")).toBe(url);
      expect(await page.$eval("#qr", (qr) => qr.getAttribute("aria-label"))).toBe(`QR code of ${url}`);
      expect(await page.$eval("#qr path", (path) => path.getBoundingClientRect().width)).toBeGreaterThan(200);
    }
    await page.click("#addresses button");
    await page.waitForFunction("document.querySelector('#addresses button').textContent === 'Copied'", { polling: 20 });

    // Who is at the button with the keyboard stays there when others come.
    await page.focus("#networks a");
    await connect(scene, server, "ABCDEF");
    await page.waitForFunction("document.querySelectorAll('#networks li').length === 2", { polling: 20 });
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("Join K7M2QX");
    await server.close();
    await page.waitForSelector("#state[data-state=lost]");
  });

  test("lists games nearby with links to join, as text, until they are gone", async ({ scene }) => {
    const { codes, code, port } = await scene.keep(startLanServer({}));
    const game = { name: NAME, codes, nodeCount: 2, maxNodes: 4, appId: "org.example.tag", port };
    const advertisement = await scene.keep(Promise.resolve(advertise(game)));
    const page = await openOverview(scene, "chromium", await serve(scene));
    const row = `#nearby li:has(a[href="/#${code}"])`;
    await page.waitForSelector(row);
    expect(await text(page, `${row} .game-name`)).toBe(NAME);
    expect(await text(page, `${row} .players`)).toBe("2 of 4 players · org.example.tag");
    expect(await text(page, `${row} code`)).toBe(code);
    expect(await page.$("#nearby img")).toBeNull();
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    await page.click(`${row} button`);
    await page.waitForFunction(`document.querySelector('${row} button').textContent === 'Copied'`, { polling: 20 });

    await advertisement.close();
    await page.waitForFunction(`document.querySelector('${row}') === null`);
  });
});
