import { afterAll, beforeAll, expect, test as base } from "vitest";
import type { TestAPI } from "vitest";
import { BrowserTab } from "./browser.ts";
import type { BrowserChoice } from "./browser.ts";
import { Cast } from "./cast.ts";
import { NodeProcess } from "./node-process.ts";
import { Stage } from "./stage.ts";
import { TestNode } from "./test-node.ts";
import type { AgentOptions, NodeKind } from "./test-node.ts";

/** Every kind of runtime, each with real WebRTC. */
export const NODE_KINDS: readonly NodeKind[] = ["chromium", "firefox", "node"];

/** The nodes and servers of one test, which all end with it. */
export class Scene extends Cast {
  readonly stage: Stage;

  constructor(stage: Stage) {
    super();
    this.stage = stage;
  }

  /** The URL of the signaling server that nodes use unless told otherwise. */
  get signalingUrl(): string {
    return this.stage.signaling.url;
  }

  async node(kind: NodeKind, options: AgentOptions = {}): Promise<TestNode> {
    return kind === "node" ? (await this.process(options)).node : (await this.tab({ kind }, options)).node;
  }

  nodes(kinds: readonly NodeKind[], options: AgentOptions = {}): Promise<TestNode[]> {
    return Promise.all(kinds.map((kind) => this.node(kind, options)));
  }

  /** A node in a process of its own, with the process. */
  async process(
    options: AgentOptions = {},
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ node: TestNode; process: NodeProcess }> {
    const process = await NodeProcess.start(env);
    return { node: this.add(new TestNode("node", process, this.#defaults(options))), process };
  }

  /**
   * A node in a tab, with the tab; `minuteTimers` lets the library's timers fire once a minute at most. A `page` of
   * one's own tells the node where signaling is.
   */
  async tab(
    choice: BrowserChoice,
    options: AgentOptions = {},
    { minuteTimers = false, page }: { minuteTimers?: boolean; page?: string } = {},
  ): Promise<{ node: TestNode; tab: BrowserTab }> {
    const browser = await this.stage.browser(choice);
    const tab = await BrowserTab.open(
      choice.kind,
      browser,
      page ?? `${this.stage.pageUrl}${minuteTimers ? "?minute-timers" : ""}`,
    );
    return { node: this.add(new TestNode(choice.kind, tab, page ? options : this.#defaults(options))), tab };
  }

  /** A node that a test may kill without harm to others. */
  async doomed(kind: NodeKind, options: AgentOptions = {}): Promise<TestNode> {
    // A tab of Chromium dies alone; Firefox dies as a whole.
    return kind === "firefox" ? (await this.tab({ kind, doomed: true }, options)).node : this.node(kind, options);
  }

  #defaults(options: AgentOptions): AgentOptions {
    return { signalingUrl: this.signalingUrl, ...options };
  }
}

/** The `test` of a file: each test gets a scene of its own on the file's stage. */
export function testOnStage(): TestAPI<{ scene: Scene }> {
  const stage = new Stage();
  beforeAll(() => stage.open());
  afterAll(() => stage.close());
  return base.extend<{ scene: Scene }>({
    // oxlint-disable-next-line no-empty-pattern -- vitest reads the fixtures that are needed from this pattern
    scene: async ({}, use) => {
      const scene = new Scene(stage);
      await use(scene);
      expect(await scene.close(), "exceptions that reached an application").toEqual([]);
    },
  });
}
