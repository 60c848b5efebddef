import type { Browser } from "puppeteer-core";
import { endBrowser, launchBrowser } from "./browser.ts";
import type { BrowserChoice } from "./browser.ts";
import { startPageServer } from "./page-server.ts";
import type { PageServer } from "./page-server.ts";
import { startSignaling } from "./servers/signaling.ts";
import type { Signaling } from "./servers/signaling.ts";

/** Browsers that many test files want: one of each kind, and one that takes any certificate, for all that a process runs. */
const shared = new Map<string, Promise<Browser>>();

/** What the tests of one file share: browsers, the page that nodes live in, a signaling server. */
export class Stage {
  /** Browsers with habits of their own, which end with the file. */
  readonly #own = new Map<string, Promise<Browser>>();
  #pages: PageServer | undefined;
  #signaling: Signaling | undefined;

  async open(): Promise<void> {
    this.#signaling = await startSignaling();
    this.#pages = await startPageServer();
  }

  /** The signaling server that nodes use unless told otherwise. */
  get signaling(): Signaling {
    if (!this.#signaling) throw new Error("the stage is not open");
    return this.#signaling;
  }

  /** The page that a browser node lives in. */
  get pageUrl(): string {
    if (!this.#pages) throw new Error("the stage is not open");
    return this.#pages.url;
  }

  /** A running browser of this choice; each that is doomed is one of its own. */
  browser({ kind, ...habits }: BrowserChoice): Promise<Browser> {
    const isRare = Object.entries(habits).some(([name, habit]) => habit && name !== "acceptsCertificates");
    const running = isRare ? this.#own : shared;
    const key = JSON.stringify([kind, habits, habits.doomed ? running.size : 0]);
    const browser = running.get(key) ?? launchBrowser({ kind, ...habits });
    running.set(key, browser);
    return browser;
  }

  async close(): Promise<void> {
    const browsers = await Promise.all(this.#own.values());
    await Promise.all(browsers.map(endBrowser));
    await this.#pages?.close();
    await this.#signaling?.stop();
  }
}
