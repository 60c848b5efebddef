import { once } from "node:events";
import { WebSocket } from "ws";

/** A frame as the server forwards it. */
export interface RawSignal {
  type: string;
  src?: string;
  payload?: unknown;
}

/** A bare client of a PeerServer, that sends whatever the test tells it to. */
export class RawSignalingClient {
  readonly id: string;
  onSignal: (signal: RawSignal) => void = () => undefined;
  readonly #socket: WebSocket;

  private constructor(id: string, socket: WebSocket) {
    this.id = id;
    this.#socket = socket;
  }

  /** Resolves when the server has said OPEN. */
  static async connect(url: string, id: string): Promise<RawSignalingClient> {
    const socket = new WebSocket(`${url}?key=peerjs&id=${encodeURIComponent(id)}&token=raw`);
    const client = new RawSignalingClient(id, socket);
    const opened = new Promise<void>((resolve, reject) => {
      socket.on("message", (data) => {
        const signal = JSON.parse(String(data)) as RawSignal;
        if (signal.type === "OPEN") resolve();
        else if (signal.type === "ID-TAKEN") reject(new Error(`the id ${id} is taken`));
        else client.onSignal(signal);
      });
      socket.on("error", reject);
    });
    await opened;
    return client;
  }

  send(type: string, dst: string, payload: unknown): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type, dst, payload }));
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, "close");
    this.#socket.terminate();
    await closed;
  }
}
