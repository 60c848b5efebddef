import { WebSocket } from "ws";

/** A WebSocket client whose frames are awaited one by one. */
export class RawClient {
  readonly socket: WebSocket;
  /** The close code, once it is closed. */
  readonly closed: Promise<number>;
  readonly #frames: string[] = [];
  readonly #readers: ((frame: string) => void)[] = [];

  constructor(url: string, options: { autoPong?: boolean } = {}) {
    this.socket = new WebSocket(url, options);
    // Before "open": OPEN may come with the upgrade's answer.
    this.socket.on("message", (data: Buffer) => {
      const reader = this.#readers.shift();
      if (reader) reader(data.toString());
      else this.#frames.push(data.toString());
    });
    this.socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => this.socket.on("close", resolve));
  }

  /** The next frame, parsed. */
  async next(): Promise<unknown> {
    const text = this.#frames.shift() ?? (await new Promise<string>((resolve) => this.#readers.push(resolve)));
    return JSON.parse(text) as unknown;
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }
}
