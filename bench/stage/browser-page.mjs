import puppeteer from "puppeteer-core";
import { BROWSERS, findBrowser } from "../../scripts/find-programs.mjs";
import { inTime } from "./in-time.mjs";

/** @typedef {import("../agent/agent.mjs").Agent} Agent */

/** A participant in the only page of a browser of its own, so two of them never share a process. */
export class BrowserPage {
  /** Of every browser that was started, each once: name and version. @type {string[]} */
  static versions = [];
  #browser;
  #page;

  /**
   * @param {import("puppeteer-core").Browser} browser
   * @param {import("puppeteer-core").Page} page
   */
  constructor(browser, page) {
    this.#browser = browser;
    this.#page = page;
  }

  /**
   * @param {"chromium" | "firefox"} kind
   * @param {string} url
   */
  static async open(kind, url) {
    const browser = await (kind === "chromium" ? launchChromium() : launchFirefox());
    const version = await browser.version();
    if (!BrowserPage.versions.includes(version)) BrowserPage.versions.push(version);
    const [page = await browser.newPage()] = await browser.pages();
    page.on("pageerror", (error) => console.error(`${kind}: ${error}`));
    page.on("console", (message) => console.error(`${kind}: ${message.text()}`));
    await load(page, url);
    return new BrowserPage(browser, page);
  }

  /**
   * Calls a method of the agent.
   * @template {keyof Agent} M
   * @param {M} method
   * @param {Parameters<Agent[M]>} args
   * @returns {Promise<Awaited<ReturnType<Agent[M]>>>}
   */
  async call(method, ...args) {
    const answer = this.#page.evaluate(`bench[${JSON.stringify(method)}](...${JSON.stringify(args)})`);
    return /** @type {Awaited<ReturnType<Agent[M]>>} */ (await inTime(answer, `${method} ${args.join(" ")}`));
  }

  /** The Chrome DevTools protocol of the page, to profile it. */
  devTools() {
    return this.#page.createCDPSession();
  }

  async close() {
    await this.#browser.close();
  }
}

/**
 * A new network interface gets its IPv6 address a second later, and Chromium then breaks off what it is loading
 * (ERR_NETWORK_CHANGED): once more, then.
 * @param {import("puppeteer-core").Page} page
 * @param {string} url
 * @param {number} [tries]
 */
async function load(page, url, tries = 3) {
  try {
    await page.goto(url);
    await page.waitForFunction("globalThis.bench !== undefined", { polling: 20, timeout: 5000 });
  } catch (error) {
    if (tries === 1) throw error;
    await load(page, url, tries - 1);
  }
}

function launchChromium() {
  const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"];
  return puppeteer.launch({ browser: "chrome", executablePath: program("Chromium"), pipe: true, args });
}

function launchFirefox() {
  return puppeteer.launch({ browser: "firefox", executablePath: program("Firefox") });
}

/** @param {string} name */
function program(name) {
  const browser = BROWSERS.find((one) => one.name === name);
  const path = browser && findBrowser(browser);
  if (!path) throw new Error(`${name} is missing: install it, or set ${browser?.variable}`);
  return path;
}
