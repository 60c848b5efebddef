import { request, type IncomingMessage } from "node:http";

/** A client over plain HTTP whose events are awaited one by one. */
export class EventStreamClient {
  readonly url: string;
  /** The answer to the GET, once it is there. */
  readonly opened: Promise<IncomingMessage>;
  /** Resolves when the stream has ended, in whatever way. */
  readonly ended: Promise<void>;
  comments = 0;
  readonly #request: ReturnType<typeof request>;
  readonly #events: { event: string; data: unknown }[] = [];
  readonly #readers: ((event: { event: string; data: unknown }) => void)[] = [];
  #text = "";

  constructor(url: string, headers: Record<string, string> = {}) {
    this.url = url.replace(/^ws/, "http");
    this.#request = request(this.url, { headers: { accept: "text/event-stream", ...headers } });
    this.opened = new Promise((resolve) => this.#request.on("response", resolve));
    this.ended = new Promise((resolve) => {
      this.#request.on("close", resolve);
      this.#request.on("error", () => resolve());
    });
    void this.opened.then((response) => {
      response.on("error", () => undefined);
      response.setEncoding("utf8").on("data", (text: string) => this.#take(text));
    });
    this.#request.end();
  }

  /** The next event; frames are "message" events. */
  async nextEvent(): Promise<{ event: string; data: unknown }> {
    return this.#events.shift() ?? (await new Promise((resolve) => this.#readers.push(resolve)));
  }

  /** The next frame. */
  async next(): Promise<unknown> {
    const { event, data } = await this.nextEvent();
    if (event !== "message") throw new Error(`${event}: ${JSON.stringify(data)}`);
    return data;
  }

  /** Posts frames, and returns the status. */
  async post(...frames: (object | string)[]): Promise<number> {
    const body = frames.map((frame) => (typeof frame === "string" ? frame : JSON.stringify(frame))).join("\n");
    return (await fetch(this.url, { method: "POST", body })).status;
  }

  /** As when the page is gone. */
  abort(): void {
    this.#request.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    const blocks = this.#text.split("\n\n");
    this.#text = blocks.pop() ?? "";
    for (const block of blocks) {
      const lines = block.split("\n");
      if (lines.every((line) => line.startsWith(":"))) {
        this.comments += 1;
        continue;
      }
      const valueOf = (name: string): string | undefined =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const event = { event: valueOf("event") ?? "message", data: JSON.parse(valueOf("data") ?? "null") as unknown };
      const reader = this.#readers.shift();
      if (reader) reader(event);
      else this.#events.push(event);
    }
  }
}
