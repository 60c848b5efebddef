// @ts-check
/** Joins the Node host, claims a place 20 times a second, and shows what the host makes of it. */
import { Network, StateInterpolator, isNetworkError } from "@clayground/network";
import { parseRejection, parseTruth } from "./messages.js";
import { draw } from "./picture.js";
import { Player } from "./player.js";
import { ARENA, TICK_MS } from "./rules.js";
import { steering } from "./steering.js";

/** @typedef {import("./messages.js").Claim} Claim */

const MAX_VERDICTS = 8;

const form = /** @type {HTMLFormElement} */ (document.getElementById("join-form"));
const codeInput = /** @type {HTMLInputElement} */ (document.getElementById("code"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("arena"));
const verdicts = /** @type {HTMLElement} */ (document.getElementById("verdicts"));
const cheatButtons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-cheat]"));

/** @type {Network<{ state: Claim }>} */
const network = new Network();
const wishFrom = steering(canvas);
const player = new Player();
/** @type {Map<string, { place: number, position: StateInterpolator<{ x: number, y: number }> }>} */
const others = new Map();
/** This player, as the host sees it. @type {import("./messages.js").Player | undefined} */
let truth;

network.on("stateReceived", (from, data) => {
  const told = from === network.networkId && parseTruth(data);
  if (!told) return;
  const mine = told.players.find(({ id }) => id === network.nodeId);
  if (mine && !truth) player.place = { x: mine.x, y: mine.y };
  truth = mine;
  const ids = new Set(told.players.map(({ id }) => id));
  for (const id of others.keys()) if (!ids.has(id)) others.delete(id);
  for (const { id, place, x, y } of told.players) {
    if (id === network.nodeId) continue;
    const other = others.get(id) ?? { place, position: new StateInterpolator() };
    other.position.push({ x, y });
    others.set(id, other);
  }
});

network.on("messageReceived", (from, data) => {
  const rejection = from === network.networkId && parseRejection(data);
  if (!rejection) return;
  player.correct(rejection, performance.now());
  const line = document.createElement("li");
  line.textContent = rejection.reason;
  verdicts.prepend(line);
  while (verdicts.childElementCount > MAX_VERDICTS) verdicts.lastElementChild?.remove();
});

network.on("latencyChanged", showStatus);
network.on("errorOccurred", (_message, error) => showError(error));
network.on("statusChanged", (now) => {
  form.hidden = now === "connected" || now === "connecting";
  for (const button of cheatButtons) button.disabled = now !== "connected";
  if (now === "connected" || now === "connecting") showStatus();
  if (now === "disconnected") say("The host has ended the game.");
  if (now === "disconnected" || now === "error") {
    truth = undefined;
    others.clear();
  }
});

function showStatus() {
  if (network.status === "connecting") say("Connecting to the host…");
  if (!network.connected) return;
  say(`Connected to ${network.networkId}${network.latency < 0 ? "" : `, ${Math.round(network.latency)} ms away`}.`);
}

/** @param {unknown} error */
function showError(error) {
  status.className = "bad";
  status.textContent = isNetworkError(error) ? `${error.message}. ${error.hint}` : String(error);
}

/** @param {string} text */
function say(text) {
  status.className = "";
  status.textContent = text;
}

/** What an honest page would not send. @type {Record<string, () => void>} */
const CHEATS = {
  teleport() {
    const { x, y } = player.place;
    player.place = { x: (x + ARENA.width / 2) % ARENA.width, y: (y + ARENA.height / 2) % ARENA.height };
  },
  speed() {
    player.haste = 5;
    say("Run: you are five times as fast now.");
  },
  escape() {
    player.place = { ...player.place, y: -80 };
    network.broadcastState(player.claim);
  },
  flood() {
    const timer = setInterval(() => network.broadcastState(player.claim), 5);
    setTimeout(() => clearInterval(timer), 1000);
  },
};
for (const button of cheatButtons) {
  button.addEventListener("click", () => {
    CHEATS[button.dataset["cheat"] ?? ""]?.();
    canvas.focus();
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  // A failure is shown by errorOccurred.
  network.join(codeInput.value).then(
    () => canvas.focus(),
    () => codeInput.focus(),
  );
});

setInterval(() => truth && network.broadcastState(player.claim), TICK_MS);

let last = performance.now();
requestAnimationFrame(function frame(now) {
  if (truth) player.walk(wishFrom(player.place), Math.min(0.05, (now - last) / 1000));
  last = now;
  const me = truth && { ...player.place, place: truth.place };
  const shown = Array.from(others.values(), ({ place, position }) => ({ x: 0, y: 0, ...position.value, place }));
  draw(canvas, { others: shown, me, truth, ghost: player.ghost }, now);
  requestAnimationFrame(frame);
});

const invited = new URLSearchParams(location.search).get("join");
if (invited) {
  codeInput.value = invited.slice(0, 16);
  form.requestSubmit();
}
