import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import puppeteer from "puppeteer-core";
import type { Browser, Page } from "puppeteer-core";
import type { Answer, Command } from "./agent/protocol.ts";
import type { AgentLine } from "./test-node.ts";

/** Which browser a node lives in; nodes of the same choice share one. */
export interface BrowserChoice {
  kind: "chromium" | "firefox";
  /** Whether timers are slowed down in pages that are not in front. A test's are not, so it is off by default. */
  throttlesHiddenPages?: boolean;
  /**
   * Whether host candidates are `.local` names of mDNS, as by default. Two browsers on one machine find each
   * other's names late or never, which says nothing about the library: so it is off by default here.
   */
  hidesAddresses?: boolean;
  /** Whether it takes certificates that nobody has signed, as a person does who clicks the warning away. */
  acceptsCertificates?: boolean;
  /** Servers, `ADDRESS:PORT`, that Chromium takes for some on the internet, whatever their addresses. */
  publicServers?: readonly string[];
  /** A browser that the test may kill, shared with no other. */
  doomed?: boolean;
}

/** Where a browser runs when that is not here, but in another network. */
export interface BrowserPlace {
  /** A program that starts the given one there. */
  wrap(program: string): string;
  /** A port of this loopback that leads to the same port of that one, for Firefox. */
  debuggingPort: number;
}

/** Starts the browser with a fresh profile of its own, which ends with it; both end with this process. */
export async function launchBrowser(
  {
    kind,
    throttlesHiddenPages = false,
    hidesAddresses = false,
    acceptsCertificates = false,
    publicServers = [],
  }: BrowserChoice,
  place?: BrowserPlace,
): Promise<Browser> {
  const launch = kind === "firefox" ? launchFirefox : launchChromium;
  const browser = await launch({ throttlesHiddenPages, hidesAddresses, acceptsCertificates, publicServers }, place);
  const kill = (): void => void browser.process()?.kill("SIGKILL");
  // Puppeteer does so, too, but of several Firefoxes it leaves all but the first running: it stumbles over a profile in use.
  process.prependListener("exit", kill);
  browser.once("disconnected", () => process.off("exit", kill));
  return browser;
}

type Habits = Required<Omit<BrowserChoice, "kind" | "doomed">>;

function launchChromium(
  { throttlesHiddenPages, hidesAddresses, acceptsCertificates, publicServers }: Habits,
  place: BrowserPlace | undefined,
): Promise<Browser> {
  const program = findProgram("CLAYGROUND_CHROMIUM", ["chromium", "chromium-browser", "google-chrome"]);
  const unthrottled = [
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
  ];
  return puppeteer.launch({
    browser: "chrome",
    executablePath: place?.wrap(program) ?? program,
    headless: true,
    acceptInsecureCerts: acceptsCertificates,
    pipe: true,
    ignoreDefaultArgs: throttlesHiddenPages ? unthrottled : [],
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--js-flags=--expose-gc",
      "--enable-precise-memory-info",
      ...(hidesAddresses ? [] : ["--disable-features=WebRtcHideLocalIpsWithMdns"]),
      `--ip-address-space-overrides=${publicServers.map((server) => `${server}=public`).join(",")}`,
    ],
  });
}

function launchFirefox(
  { throttlesHiddenPages, hidesAddresses, acceptsCertificates }: Habits,
  place: BrowserPlace | undefined,
): Promise<Browser> {
  const program = findProgram("CLAYGROUND_FIREFOX", ["firefox-esr", "firefox"]);
  return puppeteer.launch({
    browser: "firefox",
    executablePath: place?.wrap(program) ?? program,
    ...(place && { debuggingPort: place.debuggingPort }),
    headless: true,
    acceptInsecureCerts: acceptsCertificates,
    extraPrefsFirefox: {
      "media.peerconnection.ice.obfuscate_host_addresses": hidesAddresses,
      // Where Node is bound to loopback for want of a namespace, Firefox must use it, too.
      "media.peerconnection.ice.loopback": Boolean(process.env["CLAYGROUND_BIND"]),
      "dom.min_background_timeout_value": throttlesHiddenPages ? 1000 : 4,
      "dom.min_background_timeout_value_without_budget_throttling": throttlesHiddenPages ? 1000 : 4,
      "dom.timeout.enable_budget_timer_throttling": throttlesHiddenPages,
    },
  });
}

/** The program that an environment variable names, or the first of `names` on the PATH. */
function findProgram(variable: string, names: string[]): string {
  const chosen = process.env[variable];
  if (chosen) return chosen;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (!found) throw new Error(`no ${names.join(" or ")} on the PATH: install one, or set ${variable}`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends a browser whose profile nobody wants any more. By `close()` Firefox would wait for answers from the internet first,
 * for 4 to 5 s.
 */
export async function endBrowser(browser: Browser): Promise<void> {
  if (!browser.connected) return;
  const gone = new Promise((resolve) => browser.once("disconnected", resolve));
  browser.process()?.kill("SIGKILL");
  await gone;
}

/** Opens a tab. Firefox loses one of some 400 while it opens it ("BrowsingContext does no longer exist"): then another. */
export function openTab(browser: Browser): Promise<Page> {
  return browser.newPage().catch(() => browser.newPage());
}

/** A node in a tab. */
export class BrowserTab implements AgentLine {
  readonly kind: BrowserChoice["kind"];
  readonly #page: Page;
  #cover: Page | undefined;
  #crashed = false;

  private constructor(kind: BrowserChoice["kind"], page: Page) {
    this.kind = kind;
    this.#page = page;
  }

  static async open(kind: BrowserChoice["kind"], browser: Browser, url: string): Promise<BrowserTab> {
    const page = await openTab(browser);
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    await page.goto(url);
    await page
      .waitForFunction("globalThis.clay !== undefined", { polling: 20, timeout: 10_000 })
      .catch((error: unknown) => {
        throw new Error(`the page at ${url} did not start: ${problems.join("; ")}`, { cause: error });
      });
    return new BrowserTab(kind, page);
  }

  async send(command: Command): Promise<Answer> {
    if (this.#crashed) return { ok: false, error: { name: "Gone", message: "the tab has crashed" } };
    try {
      // As text: what the browser itself would make of a lone surrogate is not what the page has.
      return JSON.parse(String(await this.#page.evaluate(`clay.run(${JSON.stringify(command)})`))) as Answer;
    } catch (error) {
      return { ok: false, error: { name: "Gone", message: `the tab does not answer: ${String(error)}` } };
    }
  }

  /** Crashes the tab's process, as an out-of-memory would; Firefox lets no driver do that, so there the whole browser is killed. */
  async kill(): Promise<void> {
    this.#crashed = true;
    const browser = this.#page.browser();
    const process = browser.process();
    const dead = new Promise((resolve) => {
      this.#page.once("error", resolve);
      browser.once("disconnected", resolve);
    });
    if (this.kind === "firefox") process?.kill("SIGKILL");
    else void this.#page.goto("chrome://crash").catch(() => undefined);
    await dead;
  }

  /** Puts another tab in front of this one, so that the browser hides it. */
  async hide(): Promise<void> {
    this.#cover = await this.#page.browser().newPage();
    await this.#cover.bringToFront();
    await this.#page.waitForFunction("document.visibilityState === 'hidden'", { polling: 50 });
  }

  /** Goes to another page, as by a link. */
  async leavePage(): Promise<void> {
    await this.#page.goto("about:blank");
  }

  async dispose(): Promise<void> {
    await this.#cover?.close();
    // A crashed tab no longer answers, not even to be closed; it ends with its browser.
    if (!this.#crashed && !this.#page.isClosed()) await this.#page.close();
  }
}
