import { RemoteProcess } from "../stage/remote-process.mjs";

/** The floor first, ours last. */
export const SERVERS = ["bare", "peerserver", "clayground"];

/** The server has one processor, who attacks or asks the other. */
const ON_SERVERS_CORE = ["taskset", "-c", "0"];
const ON_CLIENTS_CORE = ["taskset", "-c", "1"];

/** For a group of clients: far more than it needs. */
const ADDRESSES = 500;

/** Of Node for clients: with so much room they seldom stop to collect garbage, which would be taken for the server's delay. */
const SELDOM_COLLECTING = ["--min-semi-space-size=64", "--max-semi-space-size=64"];

/** A signaling server in a process of its own, and its clients in another. */
export class Stand {
  server;
  #port;
  /** @type {RemoteProcess<any>[]} */
  #others = [];

  /**
   * @param {RemoteProcess<typeof import("../signaling-server.mjs").server>} server
   * @param {number} port
   */
  constructor(server, port) {
    this.server = server;
    this.#port = port;
  }

  /** @param {string} name One of `SERVERS`. */
  static async open(name) {
    /** @type {RemoteProcess<typeof import("../signaling-server.mjs").server>} */
    const server = new RemoteProcess("signaling-server.mjs", [name], ["--expose-gc"], ON_SERVERS_CORE);
    return new Stand(server, await server.call("port"));
  }

  /**
   * Clients in a process of their own, none connected yet.
   * @param {number} [group] Each has ids and addresses of its own.
   */
  clients(group = 0) {
    /** @type {RemoteProcess<import("./crowd.mjs").Crowd>} */
    const clients = new RemoteProcess(
      "signaling-clients.mjs",
      [String(this.#port), `peer${group}`, String(group * ADDRESSES)],
      SELDOM_COLLECTING,
      ON_CLIENTS_CORE,
    );
    this.#others.push(clients);
    return clients;
  }

  /**
   * Hostile clients, who get what time the honest ones leave: it is the server that is to suffer.
   * @param {number} firstAddress See `sourceAddress`.
   */
  attackers(firstAddress) {
    const prefix = ["chrt", "-i", "0", ...ON_CLIENTS_CORE];
    /** @type {RemoteProcess<import("./attackers.mjs").Attackers>} */
    const attackers = new RemoteProcess(
      "signaling-attackers.mjs",
      [String(this.#port), String(firstAddress)],
      [],
      prefix,
    );
    this.#others.push(attackers);
    return attackers;
  }

  /** Everybody ends, the server too busy for it as well. */
  async close() {
    await Promise.all(this.#others.map((other) => other.kill()));
    await this.server.kill();
  }
}

/**
 * One stand for each server, all there at once.
 * @template T
 * @param {(stands: Map<string, Stand>) => Promise<T>} use
 */
export async function withStands(use) {
  /** @type {Map<string, Stand>} */
  const stands = new Map();
  try {
    for (const name of SERVERS) stands.set(name, await Stand.open(name));
    return await use(stands);
  } finally {
    await Promise.all([...stands.values()].map((stand) => stand.close()));
  }
}

/**
 * @template T
 * @param {string} name
 * @param {(stand: Stand) => Promise<T>} use
 */
export async function withStand(name, use) {
  const stand = await Stand.open(name);
  try {
    return await use(stand);
  } finally {
    await stand.close();
  }
}
