// @ts-check
/** Puts the parts together: one network, one page, and a match whenever the network is connected. */
import { invitation, Network } from "@clayground/network";
import { clearBanner, problemOf, showBanner } from "./banner.js";
import { Chat } from "./chat.js";
import { renderConnections } from "./connections.js";
import { Input } from "./input.js";
import { Lobby } from "./lobby.js";
import { Match } from "./match.js";
import { $ } from "./page.js";
import { renderPlayers } from "./players.js";
import { lobbyScene } from "./scene.js";
import { copy, flash, linkFor } from "./share.js";
import { View } from "./view.js";

/** @typedef {import("./lobby.js").Attempt} Attempt */

const PHASES = {
  host: { signaling: "Opening your game…", ice: "Opening your game…", datachannel: "Opening your game…" },
  join: { signaling: "Finding the host…", ice: "Connecting directly…", datachannel: "Almost there…" },
};

/** @type {import("./match.js").GameNetwork} */
const network = new Network({ maxNodes: 8 });
const canvas = $("arena", HTMLCanvasElement);
const game = $("game", HTMLElement);
const view = new View(canvas);
const input = new Input(canvas, {
  dash: () => match?.dash(),
  wave: () => match?.wave(),
  chat: () => match && chat.focus(),
});
const chat = new Chat($("chat-log", HTMLElement), $("chat-form", HTMLFormElement), {
  send: (text) => match?.say(text),
  done: () => canvas.focus(),
});
const lobby = new Lobby(
  { start: (attempt) => void connect(attempt), cancel: () => attempting?.abort() },
  invitation()?.toUpperCase() ?? "",
);

/** @type {Match | undefined} */
let match;
/** @type {AbortController | undefined} */
let attempting;

/** @param {Attempt} attempt */
async function connect(attempt) {
  if (attempting || match) return;
  const { signal } = (attempting = new AbortController());
  const name = lobby.name;
  const showPhase = () => lobby.showConnecting(phaseWords(attempt.kind));
  const undo = network.on("connectionPhaseChanged", showPhase);
  showPhase();
  try {
    if (attempt.kind === "host") {
      network.topology = attempt.topology;
      await network.host({ signal });
    } else await network.join(attempt.code, { signal });
    enter(name);
  } catch (error) {
    lobby.showChoices();
    if (!signal.aborted) lobby.showProblem(problemOf(error), attempt);
  } finally {
    undo();
    attempting = undefined;
  }
}

/** @param {string} name */
function enter(name) {
  chat.clear();
  match = new Match(network, name, {
    said: (...line) => chat.say(...line),
    noted: (text) => chat.note(text),
    changed: showPlayers,
  });
  $("game-code", HTMLElement).textContent = network.networkId;
  // A LAN code is an address.
  $("copy-code", HTMLElement).classList.toggle("long", network.networkId.length > 6);
  clearBanner($("notice", HTMLElement));
  lobby.showChoices();
  showScreen("game");
  // Where there is room.
  $("connections", HTMLDetailsElement).open = matchMedia("(min-width: 700px) and (min-height: 700px)").matches;
  chat.note(network.isHost ? "Your game is open. Share the code or the link." : "You are in.");
  if (network.isHost && isThisComputerOnly()) {
    chat.note("The link works on this computer. For a phone, open the address that the server printed for phones.");
  }
  showPlayers();
  canvas.focus();
}

/** Back to the lobby; why is said there. @param {import("./banner.js").Problem} [problem] */
function exit(problem) {
  match?.end();
  match = undefined;
  showScreen("lobby");
  if (problem) lobby.showProblem(problem);
}

function leave() {
  exit();
  network.leave();
  $("host", HTMLButtonElement).focus();
}

/** @param {"lobby" | "game"} screen */
function showScreen(screen) {
  document.body.dataset["screen"] = screen;
  game.hidden = screen !== "game";
  $("lobby", HTMLElement).hidden = screen !== "lobby";
}

function showPlayers() {
  if (!match) return;
  const { players } = match;
  $("count", HTMLElement).textContent = `${players.length} of ${network.maxNodes}`;
  renderPlayers($("players", HTMLElement), players, network);
  const hostId = network.isHost ? network.nodeId : (network.nodes[0] ?? "");
  renderConnections($("connections", HTMLElement), players, match.pairs, { hostId, topology: match.topology });
}

/** @param {"host" | "join"} kind */
function phaseWords(kind) {
  const words = /** @type {Record<string, string>} */ (PHASES[kind]);
  return words[network.connectionPhase] ?? words["signaling"] ?? "";
}

function isThisComputerOnly() {
  return ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
}

/** @type {unknown} */
let lastError;
network.on("errorOccurred", (_text, error) => {
  lastError = error;
  if (match && network.connected) showBanner($("notice", HTMLElement), problemOf(error));
});
network.on("statusChanged", (status) => {
  if (!match || network.connected) return;
  const ended = { title: "The game is over.", tip: "The host has left. Host a game yourself, or join another." };
  exit(status === "error" ? problemOf(lastError) : ended);
});
network.on("peerStatsChanged", showPlayers);
// Whoever joins proves that the server is back.
network.on("nodeJoined", () => clearBanner($("notice", HTMLElement)));

$("leave", HTMLButtonElement).addEventListener("click", leave);
$("dash", HTMLButtonElement).addEventListener("click", () => match?.dash());
$("wave", HTMLButtonElement).addEventListener("click", () => match?.wave());
offerCopy($("copy-code", HTMLButtonElement), () => network.networkId);
offerCopy($("copy-link", HTMLButtonElement), () => linkFor(network.networkId));
const share = $("share", HTMLButtonElement);
share.hidden = !("share" in navigator);
// Where there is no room for both, the sheet of the system can copy, too.
$("copy-link", HTMLButtonElement).classList.toggle("spare", !share.hidden);
share.addEventListener("click", () => {
  // Rejects when the player closes the sheet without choosing.
  navigator.share({ title: "Clay Arena", url: linkFor(network.networkId) }).catch(() => undefined);
});

/**
 * @param {HTMLButtonElement} button
 * @param {() => string} text
 */
function offerCopy(button, text) {
  button.addEventListener("click", () => {
    void copy(text()).then((copied) => flash(button, copied ? "Copied" : text()));
  });
}

let last = performance.now();
requestAnimationFrame(function frame(now) {
  const elapsed = (now - last) / 1000;
  last = now;
  match?.step(input.wish, elapsed);
  view.draw(match?.scene(now) ?? lobbyScene(view.still ? 0 : now), now, match && input.stick);
  requestAnimationFrame(frame);
});
