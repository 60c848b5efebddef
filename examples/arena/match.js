// @ts-check
/**
 * One stay in a network: the world of game.js on one side, the network on the other. Everyone moves
 * their own player and tells the others; the host alone hands out the colors.
 */
import { StateInterpolator } from "@clayground/network";
import { dash, spawn, step } from "./game.js";
import { cleanText, CHAT_LENGTH, parseMessage, parseState } from "./messages.js";
import { COLORS } from "./palette.js";
import { EFFECT_TIME } from "./sprites.js";
import { ownWays, pairWays } from "./ways.js";

/** @typedef {import("@clayground/network").Network<{ message: import("./messages.js").GameMessage, state: import("./messages.js").PlayerState }>} GameNetwork */
/** @typedef {import("./scene.js").Effect} Effect */
/** @typedef {{ name: string, position: StateInterpolator<import("./messages.js").PlayerState> }} Other */
/**
 * @typedef {object} MatchEvents
 * @property {(name: string, color: number, text: string) => void} said
 * @property {(text: string) => void} noted something that the game says, not a player
 * @property {() => void} changed names, colors or players
 */

const STATE_INTERVAL_MS = 50;
/** As often as there are new latencies; a way that changes is told at once. */
const WAYS_INTERVAL_MS = 2000;
const MAX_EFFECTS = 40;

export class Match {
  /** @type {Map<string, Other>} in the order of joining */
  #others = new Map();
  /** @type {Map<string, number>} */
  #colors = new Map();
  /** How each node is connected to the others, as it says. @type {Map<string, import("./ways.js").Way[]>} */
  #ways = new Map();
  #toldPaths = "";
  /** @type {Effect[]} */
  #effects = [];
  #body;
  #network;
  #name;
  #events;
  /** As the host says. @type {"star" | "mesh"} */
  topology = "star";
  /** @type {(() => void)[]} */
  #undo;

  /**
   * @param {GameNetwork} network connected
   * @param {string} name
   * @param {MatchEvents} events
   */
  constructor(network, name, events) {
    this.#network = network;
    this.#name = name;
    this.#events = events;
    if (network.isHost) {
      this.#colors.set(network.nodeId, 0);
      this.topology = network.topology;
    }
    this.#body = spawn(network.nodeCount - 1);
    for (const id of network.nodes) this.#add(id);
    this.#undo = [
      network.on("nodeJoined", (id) => this.#joined(id)),
      network.on("nodeLeft", (id) => this.#left(id)),
      network.on("messageReceived", (from, data) => this.#heard(from, data)),
      network.on("stateReceived", (from, data) => this.#moved(from, data)),
      network.on("peerStatsChanged", () => this.#pathsChanged()),
    ];
    const timers = [
      setInterval(() => this.#tellPosition(), STATE_INTERVAL_MS),
      setInterval(() => this.#tellWays(), WAYS_INTERVAL_MS),
    ];
    this.#undo.push(() => timers.forEach((timer) => clearInterval(timer)));
    this.#send({ kind: "hello", name });
  }

  /** Everyone in the game: this player, then the others in the order of joining. */
  get players() {
    const id = this.#network.nodeId;
    const me = { id, name: this.#name, color: this.colorOf(id), isMe: true };
    const others = Array.from(this.#others, ([other, { name }]) => {
      return { id: other, name, color: this.colorOf(other), isMe: false };
    });
    return [me, ...others];
  }

  /** How each pair is connected, as far as it is known. */
  get pairs() {
    const ids = this.players.map(({ id }) => id);
    return pairWays(ids, new Map(this.#ways).set(this.#network.nodeId, ownWays(this.#network)));
  }

  /** @param {string} id */
  colorOf(id) {
    return this.#colors.get(id) ?? COLORS.length - 1;
  }

  /**
   * @param {import("./game.js").Wish} wish
   * @param {number} elapsed seconds
   */
  step(wish, elapsed) {
    this.#body = step(this.#body, wish, elapsed);
  }

  dash() {
    const body = dash(this.#body);
    if (!body) return;
    this.#show("dash", this.#network.nodeId, this.#body);
    this.#body = body;
    this.#send({ kind: "effect", effect: "dash" });
  }

  wave() {
    this.#show("wave", this.#network.nodeId, this.#body);
    this.#send({ kind: "effect", effect: "wave" });
  }

  /** @param {string} input */
  say(input) {
    const text = cleanText(input, CHAT_LENGTH);
    if (!text) return;
    this.#send({ kind: "chat", text });
    this.#events.said(this.#name, this.colorOf(this.#network.nodeId), text);
  }

  /**
   * @param {number} now ms
   * @returns {import("./scene.js").Scene}
   */
  scene(now) {
    this.#effects = this.#effects.filter((effect) => now - effect.born < EFFECT_TIME[effect.kind]);
    const actors = this.players.flatMap((player) => {
      const place = player.isMe ? this.#body : this.#others.get(player.id)?.position.value;
      return place ? [{ ...player, x: place.x, y: place.y, angle: place.angle }] : [];
    });
    return { actors, effects: this.#effects.map((effect) => followWaver(effect, actors)) };
  }

  /** Stops sending and listening; it does not leave the network. */
  end() {
    for (const undo of this.#undo) undo();
    this.#undo = [];
  }

  #tellPosition() {
    const { x, y, angle } = this.#body;
    this.#network.broadcastState({ x, y, angle });
  }

  #tellWays() {
    const ways = ownWays(this.#network);
    this.#toldPaths = pathsIn(ways);
    this.#send({ kind: "ways", ways });
  }

  #pathsChanged() {
    if (pathsIn(ownWays(this.#network)) !== this.#toldPaths) this.#tellWays();
  }

  /** @param {import("./messages.js").GameMessage} message */
  #send(message) {
    if (this.#network.connected) this.#network.broadcast(message);
  }

  /** @param {string} id */
  #add(id) {
    if (this.#others.has(id)) return;
    this.#others.set(id, { name: "", position: new StateInterpolator({ angleKeys: ["angle"] }) });
    if (this.#network.isHost) this.#colors.set(id, this.#freeColor());
  }

  /** @param {string} id */
  #joined(id) {
    this.#add(id);
    this.#events.changed();
  }

  /** @param {string} id */
  #left(id) {
    const other = this.#others.get(id);
    if (!other) return;
    this.#others.delete(id);
    this.#colors.delete(id);
    this.#ways.delete(id);
    if (other.name) this.#events.noted(`${other.name} left.`);
    this.#events.changed();
  }

  #freeColor() {
    const taken = new Set(this.#colors.values());
    return COLORS.findIndex((_, color) => !taken.has(color));
  }

  /**
   * A newcomer says hello to all, and each answers it alone. So nobody talks to one that does not listen yet.
   * @param {string} id
   */
  #welcome(id) {
    // Signals come a moment later than what they tell: it may be gone again.
    if (!this.#network.nodes.includes(id)) return;
    this.#network.sendTo(id, { kind: "hello", name: this.#name });
    this.#network.sendTo(id, { kind: "ways", ways: ownWays(this.#network) });
    if (this.#network.isHost) {
      this.#send({ kind: "colors", colors: Array.from(this.#colors), topology: this.topology });
    }
  }

  /**
   * @param {string} from
   * @param {unknown} data
   */
  #heard(from, data) {
    const message = parseMessage(data);
    const other = this.#others.get(from);
    if (!message || !other) return;
    if (message.kind === "hello") {
      const isNew = other.name === "";
      other.name = message.name;
      if (isNew) this.#welcome(from);
      if (isNew) this.#events.noted(`${message.name} is here.`);
      this.#events.changed();
    } else if (message.kind === "colors" && !this.#network.isHost && from === this.#network.nodes[0]) {
      this.#colors = new Map(message.colors);
      this.topology = message.topology;
      this.#events.changed();
    } else if (message.kind === "ways") {
      this.#ways.set(from, message.ways);
      this.#events.changed();
    } else if (message.kind === "chat") {
      this.#events.said(other.name, this.colorOf(from), message.text);
    } else if (message.kind === "effect") {
      const place = other.position.value;
      if (place) this.#show(message.effect, from, place);
    }
  }

  /**
   * @param {string} from
   * @param {unknown} data
   */
  #moved(from, data) {
    const state = parseState(data);
    if (state) this.#others.get(from)?.position.push(state);
  }

  /**
   * @param {import("./messages.js").EffectName} kind
   * @param {string} id
   * @param {{ x: number, y: number, angle: number }} place
   */
  #show(kind, id, { x, y, angle }) {
    if (this.#effects.length >= MAX_EFFECTS) return;
    this.#effects.push({ kind, id, color: this.colorOf(id), x, y, angle, born: performance.now() });
  }
}

/** @param {import("./ways.js").Way[]} ways */
function pathsIn(ways) {
  return ways.map(({ id, path }) => `${id} ${path}`).join();
}

/**
 * Dust stays where it was raised; a wave stays around who waves.
 * @param {Effect} effect
 * @param {import("./scene.js").Actor[]} actors
 * @returns {Effect}
 */
function followWaver(effect, actors) {
  const waver = effect.kind === "wave" && actors.find(({ id }) => id === effect.id);
  return waver ? { ...effect, x: waver.x, y: waver.y } : effect;
}
