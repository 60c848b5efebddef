import type { PeerOptions } from "peerjs";
import type { Browser, Page } from "puppeteer-core";
import type { PeerJsAgent } from "./agent/peerjs.ts";
import { openTab } from "./browser.ts";
import { PATIENCE_MS, within } from "./test-node.ts";

/** PeerJS 1.5.5, unchanged, in a tab. Whatever fails rejects with PeerJS's type of error as the message. */
export class PeerJsPage {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** @param url of `peerjs.html` in a project that is served (see `servers/project.ts`) */
  static async open(browser: Browser, url: string): Promise<PeerJsPage> {
    const page = new PeerJsPage(await openTab(browser));
    await page.#page.goto(url);
    await page.#isReady();
    return page;
  }

  start(id: string | undefined, options: PeerOptions): Promise<string> {
    // No test may ask a STUN server.
    return this.#ask("start", id, { debug: 0, ...options, config: { iceServers: [] } });
  }

  dial(id: string): Promise<void> {
    return this.#ask("dial", id);
  }

  say(data: unknown): Promise<void> {
    return this.#ask("say", data);
  }

  hears(data: unknown): Promise<string> {
    return this.#ask("hears", data);
  }

  listAllPeers(): Promise<string[]> {
    return this.#ask("listAllPeers");
  }

  loses(): Promise<void> {
    return this.#ask("loses");
  }

  reconnect(): Promise<string> {
    return this.#ask("reconnect");
  }

  /** As a player does it; all that the page had is gone. */
  async reload(): Promise<void> {
    await this.#page.reload();
    await this.#isReady();
  }

  async close(): Promise<void> {
    if (!this.#page.isClosed()) await this.#page.close();
  }

  async #isReady(): Promise<void> {
    await this.#page.waitForFunction("globalThis.peerJs !== undefined", { polling: 20, timeout: 10_000 });
  }

  async #ask<Name extends keyof PeerJsAgent>(
    name: Name,
    ...args: Parameters<PeerJsAgent[Name]>
  ): Promise<Awaited<ReturnType<PeerJsAgent[Name]>>> {
    const call = `peerJs.${name}(${args.map((arg) => JSON.stringify(arg) ?? "undefined").join(",")})`;
    // As text: each browser's driver words an exception of the page in its own way.
    const told = this.#page.evaluate(
      `Promise.resolve(${call}).then((value) => JSON.stringify({ value }), (error) => JSON.stringify({ error: error.message }))`,
    );
    const text = await within(told, PATIENCE_MS, () => `PeerJS did not settle ${call}`);
    const { value, error } = JSON.parse(String(text)) as { value: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return value as Awaited<ReturnType<PeerJsAgent[Name]>>;
  }
}
