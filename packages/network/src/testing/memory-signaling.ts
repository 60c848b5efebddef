import type { SocketFailure } from "../platform/platform.ts";
import type { ServerSocket } from "./memory-socket.ts";
import type { ClockEvent, VirtualClock } from "./virtual-clock.ts";

/** How the signaling server of a {@link MemoryNetwork} behaves. */
export interface MemorySignalingOptions {
  /** How long it keeps a message for an id that is not there before it sends `EXPIRE`, in milliseconds. @default 5000 */
  readonly expireAfter?: number;
  /** How long a client may be without a heartbeat, in milliseconds; 0 is for ever. @default 60_000 */
  readonly aliveTimeout?: number;
  /**
   * Whether a client that comes back under its id and token, before the server noticed that it was gone,
   * gets `OPEN` again. PeerServer 1.0 sends it nothing. @default false
   */
  readonly openOnReturn?: boolean;
}

/** How a client reaches the server. */
export type SignalingTransport = "websocket" | "http";

/** A frame as the server sees it. */
export interface SignalingFrame {
  readonly direction: "in" | "out";
  /** The client that sent it or gets it. */
  readonly id: string;
  readonly text: string;
}

interface Client {
  readonly id: string;
  readonly token: string;
  socket: ServerSocket;
  heartbeat: ClockEvent | undefined;
}

interface Message {
  readonly type: string;
  readonly src: string;
  readonly dst?: string;
  readonly payload?: unknown;
}

/** The types that PeerServer passes on; it says nothing of others. */
const FORWARDED = ["OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE"];

/** The signaling server of a {@link MemoryNetwork}, as a test handles it. */
export interface MemorySignaling {
  /** Sees every frame that comes or goes. */
  onFrame: ((frame: SignalingFrame) => void) | undefined;
  /** The ids of the clients that are connected. */
  readonly clients: readonly string[];
  /** Whether something on the way lets no WebSocket through, only plain HTTP. @default false */
  blocksWebSockets: boolean;
  /** What it hands out as ICE servers for `iceServers: "auto"`; `undefined`: nothing, as PeerServer. */
  iceAnswer: unknown;
  /**
   * The server goes down: all sockets close with 1006, all ids are forgotten, and new sockets fail.
   *
   * @param failure why they fail, default "unreachable"
   */
  stop(failure?: SocketFailure): void;
  /** The server takes sockets again. */
  start(): void;
  /**
   * Sends a text to a client, whatever it is.
   *
   * @throws Error when no such client is connected
   */
  inject(id: string, text: string): void;
}

/** A signaling server that behaves as PeerServer 1.0 does. */
export class MemorySignalingServer implements MemorySignaling {
  onFrame: ((frame: SignalingFrame) => void) | undefined;
  blocksWebSockets = false;
  iceAnswer: unknown;
  readonly #clock: VirtualClock;
  readonly #expireAfter: number;
  readonly #aliveTimeout: number;
  readonly #openOnReturn: boolean;
  readonly #clients = new Map<string, Client>();
  readonly #kept = new Map<string, Message[]>();
  #failure: SocketFailure | undefined;

  constructor(clock: VirtualClock, options: MemorySignalingOptions = {}) {
    this.#clock = clock;
    this.#expireAfter = options.expireAfter ?? 5000;
    this.#aliveTimeout = options.aliveTimeout ?? 60_000;
    this.#openOnReturn = options.openOnReturn ?? false;
  }

  get clients(): readonly string[] {
    return [...this.#clients.keys()];
  }

  /** Why new sockets fail at the moment; `undefined` while it runs. */
  get failure(): SocketFailure | undefined {
    return this.#failure;
  }

  stop(failure: SocketFailure = "unreachable"): void {
    this.#failure = failure;
    this.#kept.clear();
    for (const client of [...this.#clients.values()]) client.socket.reset();
  }

  start(): void {
    this.#failure = undefined;
  }

  inject(id: string, text: string): void {
    const client = this.#clients.get(id);
    if (!client) throw new Error(`No client ${id} at the signaling server`);
    this.#sendText(client.socket, id, text);
  }

  /** Takes a socket that was opened to this path and query, or says why not. */
  accept(url: URL, socket: ServerSocket, transport: SignalingTransport): SocketFailure | undefined {
    if (this.#failure !== undefined) return this.#failure;
    if (!url.pathname.endsWith("/peerjs") || (transport === "websocket" && this.blocksWebSockets)) return "refused";
    const [id, token, key] = ["id", "token", "key"].map((name) => url.searchParams.get(name) ?? "");
    // In a later task, so that the client sees its socket open first.
    this.#clock.schedule(0, () => {
      if (this.#failure !== undefined) socket.reset();
      else this.#register(socket, id ?? "", token ?? "", key ?? "");
    });
    return undefined;
  }

  /** Answers a request for a JSON document. Throws where there is none. */
  answer({ pathname }: URL): unknown {
    if (this.#failure !== undefined) throw new Error(`The signaling server is ${this.#failure}`);
    if (!pathname.endsWith("/ice") || this.iceAnswer === undefined) throw new Error("404 Not Found");
    return this.iceAnswer;
  }

  #register(socket: ServerSocket, id: string, token: string, key: string): void {
    if (!id || !token || !key)
      return this.#refuse(socket, id, "ERROR", "No id, token, or key supplied to websocket server");
    if (key !== "peerjs") return this.#refuse(socket, id, "ERROR", "Invalid key provided");
    const known = this.#clients.get(id);
    if (known && known.token !== token) return this.#refuse(socket, id, "ID-TAKEN", "ID is taken");
    const client: Client = known ?? { id, token, socket, heartbeat: undefined };
    client.socket = socket;
    this.#clients.set(id, client);
    socket.onText = (text) => this.#receive(client, text);
    socket.onClosed = () => {
      if (client.socket === socket) this.#forget(client);
    };
    this.#beat(client);
    if (!known || this.#openOnReturn) this.#send(socket, id, { type: "OPEN" });
    const kept = this.#kept.get(id) ?? [];
    this.#kept.delete(id);
    for (const message of kept) this.#send(socket, id, message);
  }

  #refuse(socket: ServerSocket, id: string, type: string, msg: string): void {
    this.#send(socket, id, { type, payload: { msg } });
    socket.close();
  }

  #forget(client: Client): void {
    if (client.heartbeat) client.heartbeat.isCanceled = true;
    if (this.#clients.get(client.id) === client) this.#clients.delete(client.id);
  }

  #beat(client: Client): void {
    if (client.heartbeat) client.heartbeat.isCanceled = true;
    if (this.#aliveTimeout > 0)
      client.heartbeat = this.#clock.schedule(this.#aliveTimeout, () => client.socket.close());
  }

  #receive(client: Client, text: string): void {
    this.onFrame?.({ direction: "in", id: client.id, text });
    const frame = parseFrame(text);
    if (frame?.type === "HEARTBEAT") return this.#beat(client);
    if (!frame || !FORWARDED.includes(frame.type)) return;
    this.#forward({ ...frame, src: client.id });
  }

  #forward(message: Message): void {
    const { type, src, dst } = message;
    if (dst === undefined) {
      const leaving = type === "LEAVE" ? this.#clients.get(src) : undefined;
      if (leaving) this.#forget(leaving);
      return;
    }
    const receiver = this.#clients.get(dst);
    if (receiver) return this.#send(receiver.socket, dst, message);
    if (type === "LEAVE" || type === "EXPIRE") return;
    const kept = this.#kept.get(dst);
    if (kept) kept.push(message);
    else {
      const waiting = [message];
      this.#kept.set(dst, waiting);
      this.#clock.schedule(this.#expireAfter, () => this.#expire(dst, waiting));
    }
  }

  /** Each sender is told once that nobody came for what it sent. */
  #expire(dst: string, waiting: readonly Message[]): void {
    if (this.#kept.get(dst) !== waiting) return;
    this.#kept.delete(dst);
    for (const src of new Set(waiting.map((message) => message.src))) {
      const sender = this.#clients.get(src);
      if (sender) this.#send(sender.socket, src, { type: "EXPIRE", src: dst, dst: src });
    }
  }

  #send(socket: ServerSocket, id: string, message: object): void {
    this.#sendText(socket, id, JSON.stringify(message));
  }

  #sendText(socket: ServerSocket, id: string, text: string): void {
    this.onFrame?.({ direction: "out", id, text });
    socket.send(text);
  }
}

function parseFrame(text: string): Omit<Message, "src"> | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof frame !== "object" || frame === null || !("type" in frame) || typeof frame.type !== "string")
    return undefined;
  if ("dst" in frame && typeof frame.dst !== "string") return undefined;
  return frame as Omit<Message, "src">;
}
