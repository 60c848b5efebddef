import type { Browser } from "puppeteer-core";
import { endBrowser } from "../browser.ts";
import type { BrowserChoice } from "../browser.ts";
import { launchOnHost } from "./lan-browser.ts";
import { createLan } from "./lan.ts";
import type { Lan, LanPlan } from "./lan.ts";
import { PAGE_PORTS, servePages } from "./lan-pages.ts";
import type { LanPages, PageKind } from "./lan-pages.ts";
import { LanForbiddenError } from "./namespace.ts";

/** What the tests of one file share: a LAN, browsers on its hosts, and servers of pages there, each started when first wanted. */
export class LanStage {
  readonly #plan: LanPlan;
  readonly #browsers = new Map<string, Promise<Browser>>();
  readonly #pages = new Map<string, Promise<LanPages>>();
  #lan: Lan | undefined;
  /** Why there is none, where the system forbids it. */
  obstacle = "";

  constructor(plan: LanPlan) {
    this.#plan = plan;
  }

  async open(): Promise<void> {
    if (process.env["CLAYGROUND_BIND"]) this.obstacle = "no network namespaces here";
    else this.#lan = await createLan(this.#plan).catch((error: unknown) => this.#forbidden(error));
    if (this.obstacle && process.env["CI"]) throw new Error(`CI must run the tests of LANs: ${this.obstacle}`);
    if (this.obstacle) console.log(`!! Local networks ARE NOT TESTED: ${this.obstacle}`);
  }

  get lan(): Lan {
    if (!this.#lan) throw new Error("the stage is not open");
    return this.#lan;
  }

  /**
   * A running browser on a host. It hides its addresses behind names of mDNS, as a user's does, and takes the certificate
   * of `clay-dev-server`. Chromium is told that only what comes by http without a name comes from the LAN.
   */
  browser(host: string, kind: BrowserChoice["kind"]): Promise<Browser> {
    const key = JSON.stringify([host, kind]);
    const publicServers = this.lan.hosts.flatMap((each) => [
      `${each.address()}:${PAGE_PORTS.https}`,
      `${each.address()}:${PAGE_PORTS.website}`,
    ]);
    const choice = { kind, hidesAddresses: true, acceptsCertificates: true, publicServers };
    const browser = this.#browsers.get(key) ?? launchOnHost(this.lan.host(host), choice);
    this.#browsers.set(key, browser);
    return browser;
  }

  /** `clay-dev-server` on a host. */
  pages(host: string, kind: PageKind = "http"): Promise<LanPages> {
    const key = JSON.stringify([host, kind]);
    const pages = this.#pages.get(key) ?? servePages(this.lan.host(host), kind);
    this.#pages.set(key, pages);
    return pages;
  }

  async close(): Promise<void> {
    const browsers = await Promise.all(this.#browsers.values());
    await Promise.all(browsers.map(endBrowser));
    await this.#lan?.close();
  }

  #forbidden(error: unknown): undefined {
    if (!(error instanceof LanForbiddenError)) throw error;
    this.obstacle = error.message;
  }
}
