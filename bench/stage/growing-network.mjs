/** @typedef {import("./stage.mjs").Participant} Participant */

/**
 * Where a node is, and what it sends by: one seat, or one for each connection.
 * @typedef {{ participant: Participant, seats: string[] }} Node
 */

/** A full network, the host included. */
export const MAX_NODES = 8;

/** A network that grows by one node after the other, each at the next participant in turn. */
export class GrowingNetwork {
  #participants;
  #topology;
  #code;
  /** The host first. @type {Node[]} */
  nodes;

  /**
   * @param {Participant[]} participants
   * @param {string} topology
   * @param {string} code
   */
  constructor(participants, topology, code) {
    this.#participants = participants;
    this.#topology = topology;
    this.#code = code;
    this.nodes = [{ participant: this.#at(0), seats: [topology] }];
  }

  /**
   * @param {Participant[]} participants
   * @param {string} topology
   */
  static async open(participants, topology) {
    const [host] = participants;
    if (!host) throw new Error("nobody there");
    return new GrowingNetwork(participants, topology, await host.call("host", topology));
  }

  /** One more node joins; see `Agent.joinOthers`. */
  async grow() {
    const participant = this.#at(this.nodes.length);
    const seat = `${this.#topology} ${this.nodes.length}`;
    const times = await participant.call("joinOthers", this.#topology, this.#code, seat);
    this.nodes.push({ participant, seats: [seat] });
    return times;
  }

  /** All leave, the host last. */
  async close() {
    for (let node = this.nodes.pop(); node; node = this.nodes.pop())
      for (const seat of node.seats) await node.participant.call("leave", seat);
  }

  /** @param {number} index */
  #at(index) {
    const participant = this.#participants[index % this.#participants.length];
    if (!participant) throw new Error("nobody there");
    return participant;
  }
}
