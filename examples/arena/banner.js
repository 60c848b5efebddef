// @ts-check
/** What went wrong, in words that a player can act on. */
import { isNetworkError } from "@clayground/network";

/**
 * @typedef {object} Problem
 * @property {string} title what happened
 * @property {string} [tip] what to try
 * @property {string} [detail] what the library says about it, for whoever looks after the game
 */

/** The library's errors in the words of this game. @type {Record<string, [title: string, tip: string]>} */
const WORDS = {
  "invalid-code": [
    "This is not a game code.",
    "A code has six letters and digits, such as K7M2QX, or looks like L1H9U1VM-102H.",
  ],
  "no-such-network": ["There is no game with this code.", "Check it with the host. A game ends when its host leaves."],
  "network-full": ["This game is full.", "Wait until somebody leaves, or host a game yourself."],
  timeout: ["That took too long.", "Try again. It helps when both are in the same Wi-Fi."],
  "connection-failed": ["The host could not be reached.", "Try again. It helps when both are in the same Wi-Fi."],
  "host-lost": [
    "The host is gone.",
    "Its tab was closed, or its connection broke. Ask for a new code, or host yourself.",
  ],
  "signaling-unreachable": ["The game's server does not answer.", "Check that it still runs, and that you are online."],
  "signaling-lost": ["The game's server is gone.", "You can play on, but nobody new can join until it is back."],
  "lan-unreachable": [
    "Nobody hosts at this address.",
    "Be in the same Wi-Fi as the host, and check the code. A guest Wi-Fi keeps devices apart.",
  ],
  "lan-blocked": ["This page may not join such a game.", "Open the game at the address that the host shows."],
  "webrtc-unavailable": ["This browser cannot play.", "WebRTC is missing or switched off. Try another browser."],
};

/**
 * @param {unknown} error
 * @returns {Problem}
 */
export function problemOf(error) {
  if (!isNetworkError(error)) return { title: "Something went wrong.", detail: String(error) };
  const detail = `${error.message}. ${error.hint}`;
  const [title, tip] = WORDS[error.code] ?? ["The connection failed.", "Try again in a moment."];
  return { title, tip, detail };
}

/**
 * @param {HTMLElement} banner an element with `role="alert"`
 * @param {Problem} problem
 * @param {() => void} [retry]
 */
export function showBanner(banner, problem, retry) {
  banner.replaceChildren();
  for (const part of /** @type {const} */ (["title", "tip", "detail"])) {
    const text = problem[part];
    if (!text) continue;
    const line = document.createElement("p");
    line.className = part;
    line.textContent = text;
    banner.append(line);
  }
  const buttons = document.createElement("div");
  buttons.className = "buttons";
  if (retry) buttons.append(button("Try again", retry));
  buttons.append(button("Dismiss", () => clearBanner(banner)));
  banner.append(buttons);
}

/** @param {HTMLElement} banner */
export function clearBanner(banner) {
  banner.replaceChildren();
}

/**
 * @param {string} label
 * @param {() => void} action
 */
function button(label, action) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button small";
  element.textContent = label;
  element.addEventListener("click", action);
  return element;
}
