/** @typedef {import("./stage.mjs").Participant} Participant */

/** The floor of a mesh: every node connects to all before it without any library, to the first one and then to the others at once. */
export class BareMesh {
  #participants;
  /** @type {string[]} */
  #codes = [];
  /** A seat to which others connect, and one for each connection that the node makes. @type {import("./growing-network.mjs").Node[]} */
  nodes = [];

  /** @param {Participant[]} participants */
  constructor(participants) {
    this.#participants = participants;
  }

  /** One more node; see `Agent.joinEach`. */
  async grow() {
    const index = this.nodes.length;
    const participant = this.#participants[index % this.#participants.length];
    if (!participant) throw new Error("nobody there");
    const names = this.#codes.map((_, other) => `bare ${index} to ${other}`);
    const times = index > 0 ? await participant.call("joinEach", "bare", this.#codes, names) : { isIn: 0, isWhole: 0 };
    const name = `bare ${index}`;
    this.#codes.push(await participant.call("host", "bare", false, name));
    this.nodes.push({ participant, seats: [name, ...names] });
    return times;
  }

  async close() {
    for (let node = this.nodes.pop(); node; node = this.nodes.pop())
      for (const seat of node.seats) await node.participant.call("leave", seat);
    this.#codes = [];
  }
}
