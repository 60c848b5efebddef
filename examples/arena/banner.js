// @ts-check
/** What went wrong, in words that a player can act on. */

/** @typedef {{ title: string, tips: string[] }} Problem */

/** What the library cannot know: what it means in this game. @type {Record<string, string>} */
const GAME_TIPS = {
  "no-such-network": "A game ends when its host leaves. Ask for the code again, or host one yourself.",
  "invalid-code": "A code has six letters and digits, such as K7M2QX.",
  "network-full": "A game has eight places. Wait until somebody leaves, or host another one.",
  "signaling-unreachable": "Is the computer still running that you opened this page from?",
  "connection-failed": "Being in the same Wi-Fi helps.",
  "host-lost": "The host's tab may have been closed, or its connection is gone.",
};

/**
 * @param {unknown} error usually a NetworkError
 * @returns {Problem}
 */
export function problemOf(error) {
  if (!(error instanceof Error)) return { title: "Something went wrong.", tips: [String(error)] };
  const { code, hint } = /** @type {{ code?: unknown, hint?: unknown }} */ (error);
  const tips = [];
  if (typeof hint === "string" && hint) tips.push(hint);
  const tip = typeof code === "string" ? GAME_TIPS[code] : undefined;
  if (tip) tips.push(tip);
  return { title: error.message, tips };
}

/**
 * @param {HTMLElement} banner an element with `role="alert"`
 * @param {Problem} problem
 * @param {() => void} [retry]
 */
export function showBanner(banner, problem, retry) {
  const title = document.createElement("p");
  title.className = "title";
  title.textContent = problem.title;
  banner.replaceChildren(title);
  for (const tip of problem.tips) {
    const line = document.createElement("p");
    line.textContent = tip;
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
