import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Page } from "puppeteer-core";
import { describe, expect } from "vitest";
import { seeColor } from "../harness/canvas-color.ts";
import { testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";

const test = testOnStage();
const PROGRAM = fileURLToPath(new URL("../../examples/headless/start.js", import.meta.url));

/** What `examples/headless/public/picture.js` gives to the player that came second. */
const SECOND_COLOR = [47, 128, 237] as const;

/** The example as a user starts it. */
interface Host {
  /** The link that it prints first. */
  link: string;
  /** Ctrl-C; resolves with the exit code. */
  stop(): Promise<number | null>;
  close(): void;
}

async function startHost(scene: Scene): Promise<Host> {
  const child = spawn(process.execPath, [PROGRAM, "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const host = scene.keep({
    link: "",
    stop: async () => {
      child.kill("SIGINT");
      const [code] = (await ended) as [number | null];
      return code;
    },
    close: () => void child.kill("SIGKILL"),
  });
  for await (const line of createInterface(child.stdout)) {
    const link = /http:\S+\?join=\w+/.exec(line)?.[0];
    if (link) return Object.assign(await host, { link });
  }
  throw new Error("the host ended before it printed a link");
}

async function join(scene: Scene, link: string): Promise<Page> {
  const browser = await scene.stage.browser({ kind: "chromium" });
  const page = await scene.keep(browser.newPage());
  await page.goto(link);
  await page.waitForSelector("[data-cheat]:not(:disabled)");
  return page;
}

async function waitForText(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction(
    (where, what) => document.querySelector(where)?.textContent?.includes(what),
    { polling: 50 },
    selector,
    text,
  );
}

describe("the headless host", () => {
  test("lets an honest player walk, rejects each cheat, and ends by itself", async ({ scene }) => {
    const host = await startHost(scene);
    const watcher = await join(scene, host.link);
    const player = await join(scene, host.link);
    const start = await seeColor(player, SECOND_COLOR);
    await player.keyboard.down("KeyS");
    await seeColor(player, SECOND_COLOR, start, 80);
    await player.keyboard.up("KeyS");
    await seeColor(watcher, SECOND_COLOR, start, 80);
    expect(await player.$$("#verdicts li")).toHaveLength(0);

    await player.bringToFront();
    await player.click('[data-cheat="teleport"]');
    await waitForText(player, "#verdicts", "Too fast");
    await player.click('[data-cheat="escape"]');
    await waitForText(player, "#verdicts", "outside of the arena");
    await player.click('[data-cheat="flood"]');
    await waitForText(player, "#verdicts", "Too many moves");
    expect(await watcher.$$("#verdicts li")).toHaveLength(0);

    expect(await host.stop()).toBe(0);
    await waitForText(watcher, "#status", "The host has ended the game.");
    await waitForText(player, "#status", "The host has ended the game.");
  });
});
