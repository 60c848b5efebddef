import { fileURLToPath } from "node:url";
import { startDevServer } from "clay-dev-server";
import type { DevServer } from "clay-dev-server";
import type { Page } from "puppeteer-core";
import { describe, expect } from "vitest";
import { seeColor } from "../harness/canvas-color.ts";
import { testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";

const test = testOnStage();
const ARENA = fileURLToPath(new URL("../../examples/arena", import.meta.url));

/** What `examples/arena/palette.js` gives to the host and to the first joiner. */
const HOST_COLOR = [238, 90, 69] as const;
const JOINER_COLOR = [47, 128, 237] as const;

function serve(scene: Scene): Promise<DevServer> {
  return scene.keep(startDevServer({ root: ARENA, port: 0, host: "127.0.0.1" }));
}

/** A tab with the game. `problems` are the exceptions that it did not catch. */
async function openTab(
  scene: Scene,
  url: string,
  kind: "chromium" | "firefox" = "chromium",
): Promise<{ page: Page; problems: string[] }> {
  const browser = await scene.stage.browser({ kind });
  const page = await scene.keep(browser.newPage());
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.setViewport({ width: 1280, height: 800 });
  await page.goto(url);
  return { page, problems };
}

async function enterName(page: Page, name: string): Promise<void> {
  await page.bringToFront();
  await page.$eval("#name", (input) => ((input as HTMLInputElement).value = ""));
  await page.type("#name", name);
}

/** Hosts a game; resolves with its code. */
async function hostGame(page: Page): Promise<string> {
  await enterName(page, "Terra");
  await page.click("#host");
  await page.waitForSelector("#game:not([hidden])");
  return page.$eval("#game-code", (element) => element.textContent ?? "");
}

async function joinGame(page: Page): Promise<void> {
  await enterName(page, "Brick");
  await page.click("#join");
  await page.waitForSelector("#game:not([hidden])");
}

async function waitForText(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction(
    (where, what) => document.querySelector(where)?.textContent?.includes(what),
    { polling: 50 },
    selector,
    text,
  );
}

/** Walks in this tab, and sees it happen in the other. */
async function walkSeenBy(
  walker: Page,
  watcher: Page,
  color: typeof HOST_COLOR | typeof JOINER_COLOR,
  key: "KeyD" | "KeyA",
): Promise<number> {
  const before = await seeColor(watcher, color);
  const start = await seeColor(walker, color);
  await walker.keyboard.down(key);
  await seeColor(walker, color, start, 150);
  await walker.keyboard.up(key);
  const after = await seeColor(watcher, color, before, 150);
  expect(Math.abs(after.y - before.y)).toBeLessThan(40);
  return Math.sign(after.x - before.x);
}

describe("the arena, played in two tabs", () => {
  test("host, join by the link, see each other move, chat, and leave", async ({ scene }) => {
    const { localUrl } = await serve(scene);
    const one = await openTab(scene, localUrl);
    const code = await hostGame(one.page);
    const two = await openTab(scene, `${localUrl}?join=${code}`);
    await joinGame(two.page);

    for (const { page } of [one, two]) {
      await waitForText(page, "#players", "Terra");
      await waitForText(page, "#players", "Brick");
      expect(await page.$eval("#count", (element) => element.textContent)).toBe("2 of 8");
    }

    expect(await walkSeenBy(one.page, two.page, HOST_COLOR, "KeyD")).toBe(1);
    expect(await walkSeenBy(two.page, one.page, JOINER_COLOR, "KeyA")).toBe(-1);

    await two.page.bringToFront();
    await two.page.keyboard.press("Enter");
    await two.page.keyboard.type("<img src=x> hello");
    await two.page.keyboard.press("Enter");
    await waitForText(one.page, "#chat-log", "Brick <img src=x> hello");
    expect(await one.page.$("#chat-log img")).toBeNull();

    await one.page.bringToFront();
    await one.page.click("#leave");
    await two.page.bringToFront();
    await waitForText(two.page, "#banner", "The host has left.");
    expect([...one.problems, ...two.problems]).toEqual([]);
  });

  test("the same two can play again, the other way round, by the code typed in", async ({ scene }) => {
    const { localUrl } = await serve(scene);
    const one = await openTab(scene, localUrl);
    const two = await openTab(scene, localUrl);
    await hostGame(one.page);
    await one.page.click("#leave");
    const code = await hostGame(two.page);
    await one.page.type("#code", `${code.slice(0, 3)}-${code.slice(3).toLowerCase()}`);
    await joinGame(one.page);
    await waitForText(two.page, "#count", "2 of 8");
    await one.page.click("#leave");
    await waitForText(two.page, "#count", "1 of 8");
    await waitForText(two.page, "#chat-log", "Brick left.");
    expect([...one.problems, ...two.problems]).toEqual([]);
  });
});

describe("the arena as a mesh", () => {
  test("the host chooses it, and every page shows how all are connected, in a picture and in words", async ({
    scene,
  }) => {
    const { localUrl } = await serve(scene);
    const host = await openTab(scene, localUrl);
    await host.page.click('[name="topology"][value="mesh"]');
    const code = await hostGame(host.page);
    const tabs = [host, await openTab(scene, `${localUrl}?join=${code}`)];
    await joinGame(tabs[1]!.page);
    tabs.push(await openTab(scene, `${localUrl}?join=${code}`, "firefox"));
    await joinGame(tabs[2]!.page);
    for (const { page, problems } of tabs) {
      await page.bringToFront();
      await waitForText(page, "#connections .summary", "Mesh: 3 of 3 direct");
      expect(
        await page.$$eval("#connections .graph > path", (lines) => lines.map((line) => line.classList.value)),
      ).toEqual(["direct", "direct", "direct"]);
      expect(
        await page.$$eval("#connections li", (rows) => rows.map((row) => row.textContent?.includes("direct"))),
      ).toEqual([true, true, true]);
      expect(problems).toEqual([]);
    }
  });
});

describe("the arena says in plain words what went wrong", () => {
  test("a wrong code, and another try", async ({ scene }) => {
    const { localUrl } = await serve(scene);
    const { page, problems } = await openTab(scene, `${localUrl}#NQBQDY`);
    await page.click("#join");
    await waitForText(page, "#banner .title", "There is no game with this code.");
    await waitForText(page, "#banner .detail", "No such network: NQBQDY");
    await page.click("#banner .buttons button");
    await waitForText(page, "#banner .title", "There is no game with this code.");
    expect(await page.$eval("#lobby", (element) => (element as HTMLElement).hidden)).toBe(false);
    expect(problems).toEqual([]);
  });

  test("the server stops: the game goes on, but no new one can begin", async ({ scene }) => {
    const server = await serve(scene);
    const one = await openTab(scene, server.localUrl);
    const code = await hostGame(one.page);
    const two = await openTab(scene, `${server.localUrl}?join=${code}`);
    await joinGame(two.page);
    const late = await openTab(scene, server.localUrl);
    await server.close();
    await waitForText(one.page, "#notice", "You can play on");
    expect(await walkSeenBy(two.page, one.page, JOINER_COLOR, "KeyA")).toBe(-1);
    await late.page.bringToFront();
    await late.page.click("#host");
    await waitForText(late.page, "#banner .title", "The game's server does not answer.");
    expect([...one.problems, ...two.problems, ...late.problems]).toEqual([]);
  });
});

describe("the arena without its host", () => {
  test("says that the host is gone when its tab has crashed", async ({ scene }) => {
    const { localUrl, port } = await serve(scene);
    const host = await scene.node("chromium", { signalingUrl: `ws://127.0.0.1:${port}/peerjs` });
    const { page, problems } = await openTab(scene, `${localUrl}?join=${await host.host()}`);
    await joinGame(page);
    await host.kill();
    await waitForText(page, "#banner .title", "The host is gone.");
    expect(problems).toEqual([]);
  });
});

describe("the arena trusts no player", () => {
  test("rubbish from a joiner is neither shown nor does it stop the game", async ({ scene }) => {
    const { localUrl, port } = await serve(scene);
    const { page, problems } = await openTab(scene, localUrl);
    const code = await hostGame(page);
    const rogue = await scene.node("node", { signalingUrl: `ws://127.0.0.1:${port}/peerjs` });
    await rogue.join(code);
    for (const rubbish of [
      null,
      7,
      [],
      {},
      { kind: "hello", name: {} },
      { kind: "colors", colors: [[code, 5]] },
      { kind: "effect", effect: "__proto__" },
    ]) {
      await rogue.broadcast(rubbish);
      await rogue.broadcastState(rubbish);
    }
    await rogue.broadcastState({ x: "1", y: [], angle: null });
    await rogue.broadcast({ kind: "hello", name: "<b>Rogue</b>".repeat(100) });
    await rogue.broadcastState({ x: 1e300, y: -1e300, angle: 1e300 });
    await rogue.broadcast({ kind: "chat", text: "x".repeat(10_000) });
    await waitForText(page, "#players", "<b>Rogue</b><b>R");
    await waitForText(page, "#chat-log", "x".repeat(200));
    expect(await page.$eval("#chat-log", (log) => log.textContent?.includes("x".repeat(201)))).toBe(false);
    // Colors are the host's to give: it still has its own.
    await seeColor(page, HOST_COLOR);
    await seeColor(page, JOINER_COLOR);
    expect(problems).toEqual([]);
  });
});
