import type { PlatformSocket, SocketFailure } from "../platform/platform.ts";
import type { Machine, MachinePart } from "./machine.ts";
import { PacketFlow } from "./packet-flow.ts";
import type { Route } from "./packet-flow.ts";
import { SendWindow } from "./send-window.ts";

/** The server's end of a socket. */
export interface ServerSocket {
  onText: (text: string) => void;
  onClosed: () => void;
  send(text: string): void;
  /** Says goodbye properly. */
  close(): void;
  /** Breaks it off: the client sees 1006. */
  reset(): void;
}

/** What a socket's URL leads to. */
export interface SocketTarget {
  readonly there: Route;
  readonly back: Route;
  /** Takes the socket, or says why not. */
  accept(socket: ServerSocket): SocketFailure | undefined;
}

/** A SYN without an answer is sent again after a second (RFC 6298, 2.1), in milliseconds. */
const TCP_TIMEOUT = 1000;

type Frame = { readonly text: string } | { readonly close: true };

const TCP = { ordered: true } as const;
const FRAME_OVERHEAD = 40;

/** A WebSocket that behaves as W3C's does, to a server in the same simulated network or to nowhere. */
export class MemorySocket implements PlatformSocket, MachinePart {
  onopen: PlatformSocket["onopen"] = null;
  onmessage: PlatformSocket["onmessage"] = null;
  onclose: PlatformSocket["onclose"] = null;
  onerror: PlatformSocket["onerror"] = null;
  readonly #machine: Machine;
  readonly #target: SocketTarget | undefined;
  #state: "connecting" | "open" | "closing" | "closed" = "connecting";
  #toServer: PacketFlow<Frame> | undefined;
  #toClient: PacketFlow<Frame> | undefined;
  #server: ServerSocket | undefined;

  /** Without a target nothing answers there. */
  constructor(machine: Machine, target: SocketTarget | undefined) {
    this.#machine = machine;
    this.#target = target;
    machine.sockets.add(this);
    // One round trip for TCP, one for the upgrade.
    if (target) this.#later(2 * (target.there.there.delay + target.back.there.delay), () => this.#connect(target));
    else this.#later(1, () => this.#fail());
  }

  send(text: string): void {
    if (this.#state === "connecting") throw new DOMException("The socket is still connecting", "InvalidStateError");
    if (this.#state === "open") this.#toServer?.send({ text }, text.length + FRAME_OVERHEAD);
  }

  close(): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    const wasOpen = this.#state === "open";
    this.#state = "closing";
    if (wasOpen) this.#toServer?.send({ close: true }, FRAME_OVERHEAD);
    else this.#later(0, () => this.#fail());
  }

  vanish(): void {
    this.#state = "closed";
    this.#disconnect();
  }

  #later(ms: number, run: () => void): void {
    this.#machine.clock.schedule(ms, () => {
      if (this.#machine.isAlive && this.#state !== "closed") run();
    });
  }

  #connect(target: SocketTarget): void {
    if (this.#state === "closing") return;
    if (target.there.there.isCut || target.back.there.isCut)
      return this.#later(TCP_TIMEOUT, () => this.#connect(target));
    const server = this.#serverEnd(target);
    if (target.accept(server) !== undefined) return this.#fail();
    this.#server = server;
    this.#state = "open";
    this.#machine.call(() => this.onopen?.());
  }

  #serverEnd(target: SocketTarget): ServerSocket {
    const toServer = new PacketFlow<Frame>(target.there, new SendWindow(), TCP, {
      arrived: (frame) => {
        if ("text" in frame) return server.onText(frame.text);
        // The close frame is answered, then both are done.
        toClient.send(frame, FRAME_OVERHEAD);
        this.#lostAtServer();
      },
    });
    const toClient = new PacketFlow<Frame>(target.back, new SendWindow(), TCP, {
      arrived: (frame) => {
        if ("text" in frame) this.#receive(frame.text);
        else this.#closed(1005);
      },
    });
    this.#toServer = toServer;
    this.#toClient = toClient;
    const server: ServerSocket = {
      onText: () => {},
      onClosed: () => {},
      send: (text) => toClient.send({ text }, text.length + FRAME_OVERHEAD),
      close: () => {
        toServer.stopReceiving();
        toClient.send({ close: true }, FRAME_OVERHEAD);
        this.#lostAtServer();
      },
      reset: () => {
        toServer.stopReceiving();
        toClient.stopSending();
        this.#lostAtServer();
        this.#breakOff();
      },
    };
    return server;
  }

  #receive(data: string): void {
    if (this.#state === "open") this.#machine.call(() => this.onmessage?.({ data }));
  }

  /** The server's reset takes effect here once it can get through. */
  #breakOff(): void {
    const direction = this.#target?.back.there;
    this.#later(direction?.delay ?? 0, () => {
      if (direction?.isCut) this.#later(TCP_TIMEOUT, () => this.#breakOff());
      else this.#closed(1006);
    });
  }

  #lostAtServer(): void {
    const server = this.#server;
    this.#server = undefined;
    server?.onClosed();
  }

  #fail(): void {
    this.#machine.call(() => this.onerror?.({ type: "error" }));
    this.#closed(1006);
  }

  #closed(code: number): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#disconnect();
    this.#machine.sockets.delete(this);
    this.#machine.call(() => this.onclose?.({ code, reason: "" }));
  }

  #disconnect(): void {
    for (const flow of [this.#toServer, this.#toClient]) {
      flow?.stopSending();
      flow?.stopReceiving();
    }
    this.#lostAtServer();
  }
}
