// @ts-check
/** The list of players: color, name, who is host, and how far away each is in time. */
import { colorOf } from "./palette.js";

/** @typedef {{ id: string, name: string, color: number, isMe: boolean }} Player */

/**
 * @param {HTMLElement} list
 * @param {Player[]} players
 * @param {import("./match.js").GameNetwork} network
 */
export function renderPlayers(list, players, network) {
  const rows = players.map((player) => {
    const row = document.createElement("li");
    row.style.setProperty("--player", colorOf(player.color).body);
    row.append(span("dot", ""), span("name", player.name || "…"));
    if (player.id === (network.isHost ? network.nodeId : network.nodes[0])) row.append(span("badge", "Host"));
    row.append(span("delay", player.isMe ? "you" : delayText(player.id, network)));
    return row;
  });
  list.replaceChildren(...rows);
}

/**
 * @param {string} id
 * @param {import("./match.js").GameNetwork} network
 */
function delayText(id, network) {
  const stats = network.peerStats[id];
  const latency = stats?.latency ?? -1;
  // In a star, two joiners have no way of their own to measure.
  if (latency < 0) return stats?.path === "via-host" ? "via host" : "…";
  return latency < 1 ? "< 1 ms" : `${Math.round(latency)} ms`;
}

/**
 * @param {string} name
 * @param {string} text
 */
function span(name, text) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}
