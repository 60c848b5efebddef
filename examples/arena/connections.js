// @ts-check
/** The picture of all connections, with a legend and the same in words. */
import { colorOf } from "./palette.js";

/** @typedef {import("./players.js").Player} Player */
/** @typedef {import("./ways.js").PairWay} PairWay */

const WORDS = { direct: "direct", relay: "by a relay server", "via-host": "through the host" };

/** The picture's size, and the circle on which the players stand. */
const SIZE = 200;
const RADIUS = 78;

/**
 * @param {HTMLElement} section
 * @param {Player[]} players
 * @param {PairWay[]} pairs
 * @param {{ hostId: string, topology: string }} network
 */
export function renderConnections(section, players, pairs, { hostId, topology }) {
  section.hidden = players.length < 2;
  if (section.hidden) return;
  const places = new Map(players.map(({ id }, i) => [id, placeOf(i, players.length)]));
  const direct = pairs.filter(({ path }) => path === "direct").length;
  set(section, ".summary", `${topology === "mesh" ? "Mesh" : "Star"}: ${direct} of ${pairs.length} direct`);
  const lines = pairs.flatMap((pair) => {
    const [from, to] = [places.get(pair.a), places.get(pair.b)];
    return from && to ? [line(pair, from, to, places.get(hostId))] : [];
  });
  const dots = players.flatMap((player) => {
    const place = places.get(player.id);
    return place ? [dot(player, place, player.id === hostId)] : [];
  });
  section.querySelector("svg")?.replaceChildren(...lines, ...dots);
  const names = new Map(players.map(({ id, name, isMe }) => [id, isMe ? "You" : name || "…"]));
  const rows = pairs.map((pair) => {
    const row = document.createElement("li");
    const delay = pair.latency < 0 ? "" : pair.latency < 1 ? ", under 1 ms" : `, ${pair.latency} ms`;
    row.textContent = `${names.get(pair.a)} – ${names.get(pair.b)}: ${WORDS[pair.path]}${delay}`;
    return row;
  });
  section.querySelector("ul")?.replaceChildren(...rows);
}

/**
 * The first, this player, stands at the bottom.
 * @param {number} index
 * @param {number} count
 */
function placeOf(index, count) {
  const around = Math.PI / 2 + (index * 2 * Math.PI) / count;
  return { x: SIZE / 2 + RADIUS * Math.cos(around), y: SIZE / 2 + RADIUS * Math.sin(around) };
}

/**
 * Straight; through the host a bow towards it.
 * @param {PairWay} pair
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 * @param {{ x: number, y: number }} [host]
 */
function line({ path }, from, to, host) {
  const bend = path === "via-host" && host ? host : { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const d = `M${round(from)} Q${round(bend)} ${round(to)}`;
  return svg("path", { class: path, d });
}

/** @param {{ x: number, y: number }} place */
function round({ x, y }) {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

/**
 * @param {Player} player
 * @param {{ x: number, y: number }} place
 * @param {boolean} isHost
 */
function dot(player, { x, y }, isHost) {
  const group = svg("g", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
  if (isHost) group.append(svg("circle", { class: "host", r: "21" }));
  const { body, edge } = colorOf(player.color);
  group.append(svg("circle", { r: "16", fill: body, stroke: edge, "stroke-width": "2" }));
  const initial = svg("text", { dy: "0.36em", "text-anchor": "middle" });
  initial.textContent = Array.from(player.name)[0]?.toUpperCase() ?? "…";
  group.append(initial);
  return group;
}

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 */
function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/**
 * @param {HTMLElement} section
 * @param {string} selector
 * @param {string} text
 */
function set(section, selector, text) {
  const element = section.querySelector(selector);
  // What reads the page aloud is not to be told the same again.
  if (element && element.textContent !== text) element.textContent = text;
}
