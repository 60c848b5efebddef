import type { DataConnection, Peer as PeerJs, PeerOptions } from "peerjs";

/** The real PeerJS client under remote control, in a page that has loaded its script. */
export interface PeerJsAgent {
  /** Resolves with the id, once the server has said OPEN; rejects with PeerJS's type of error. */
  start(id: string | undefined, options: PeerOptions): Promise<string>;
  /** Resolves once the data connection is open; rejects with PeerJS's type of error. */
  dial(id: string): Promise<void>;
  /** To everybody who is connected. */
  say(data: unknown): void;
  /** Resolves with the sender's id once something equal has come. */
  hears(data: unknown): Promise<string>;
  listAllPeers(): Promise<string[]>;
  /** Resolves once the connection to the server is lost. */
  loses(): Promise<void>;
  /** Takes the place at the server back. */
  reconnect(): Promise<string>;
}

/** PeerJS's script leaves it there. */
declare const Peer: new (id: string | undefined, options: PeerOptions) => PeerJs;

let peer: PeerJs;
const connections: DataConnection[] = [];
const heard: { from: string; text: string }[] = [];
let wake = (): void => undefined;

const agent: PeerJsAgent = {
  start(id, options) {
    peer = new Peer(id, options);
    peer.on("connection", keep);
    peer.on("disconnected", () => wake());
    return opened();
  },
  dial(id) {
    const connection = keep(peer.connect(id, { reliable: true }));
    return orError((resolve) => connection.on("open", () => resolve()));
  },
  say(data) {
    for (const connection of connections) void connection.send(data);
  },
  async hears(data) {
    const text = JSON.stringify(data);
    return (await until(() => heard.find((each) => each.text === text))).from;
  },
  listAllPeers: () => orError((resolve) => peer.listAllPeers(resolve)),
  loses: async () => void (await until(() => peer.disconnected || undefined)),
  reconnect() {
    peer.reconnect();
    return opened();
  },
};
Object.assign(globalThis, { peerJs: agent });

function opened(): Promise<string> {
  return orError((resolve) => peer.once("open", resolve));
}

function keep(connection: DataConnection): DataConnection {
  connections.push(connection);
  connection.on("data", (data) => {
    heard.push({ from: connection.peer, text: JSON.stringify(data) });
    wake();
  });
  return connection;
}

/** Rejects with the type of PeerJS's next error. */
function orError<T>(begin: (resolve: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    peer.once("error", ({ type }) => reject(new Error(type)));
    begin(resolve);
  });
}

/** One at a time. */
async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => (wake = resolve));
  }
}
