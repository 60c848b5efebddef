import { afterAll, beforeAll, expect, test as base } from "vitest";
import type { TestAPI } from "vitest";
import type { Page } from "puppeteer-core";
import { BrowserTab, openTab } from "../browser.ts";
import type { BrowserChoice } from "../browser.ts";
import { Cast } from "../cast.ts";
import { NodeProcess } from "../node-process.ts";
import { TestNode } from "../test-node.ts";
import type { AgentOptions } from "../test-node.ts";
import type { LanHost } from "./lan-host.ts";
import type { LanPlan } from "./lan.ts";
import { LanStage } from "./lan-stage.ts";

/** The library's own choice of ICE servers: in LAN mode that is none. */
const DEFAULTS: AgentOptions = { iceServers: "default", signalingMode: "local" };

/** The nodes and programs of one test on the hosts of a LAN, which all end with it. */
export class LanScene extends Cast {
  readonly stage: LanStage;

  constructor(stage: LanStage) {
    super();
    this.stage = stage;
  }

  host(name: string): LanHost {
    return this.stage.lan.host(name);
  }

  /** A node in a process of its own on a host. */
  async node(host: string, options: AgentOptions = {}): Promise<TestNode> {
    const process = await NodeProcess.start({}, this.host(host).launcher);
    return this.add(new TestNode("node", process, { ...DEFAULTS, ...options }));
  }

  /** A node in a tab of a browser on a host, whose page comes from `clay-dev-server` there unless `from` says otherwise. */
  async tab(host: string, kind: BrowserChoice["kind"], from?: string): Promise<TestNode> {
    const [browser, page] = await Promise.all([
      this.stage.browser(host, kind),
      from ?? this.stage.pages(host).then(({ url }) => url),
    ]);
    // Nothing is set: the code tells that it is one of a LAN.
    return this.add(new TestNode(kind, await BrowserTab.open(kind, browser, page), { iceServers: "default" }));
  }

  /** A bare tab of a browser on a host. */
  async page(host: string, kind: BrowserChoice["kind"], url: string): Promise<Page> {
    const page = await this.keep(openTab(await this.stage.browser(host, kind)));
    await page.goto(url);
    return page;
  }
}

/** The `test` of a file: each test gets a scene of its own in the file's LAN; where there can be none it is skipped. */
export function testInLan(plan: LanPlan): TestAPI<{ scene: LanScene }> {
  const stage = new LanStage(plan);
  beforeAll(() => stage.open());
  afterAll(() => stage.close());
  return base.extend<{ scene: LanScene }>({
    scene: async ({ skip }, use) => {
      skip(stage.obstacle !== "", stage.obstacle);
      const scene = new LanScene(stage);
      await use(scene);
      expect(await scene.close(), "exceptions that reached an application").toEqual([]);
    },
  });
}
