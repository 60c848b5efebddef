// @ts-check
/** The page before and between games: name, host, join, waiting, and what went wrong. */
import { showBanner, clearBanner } from "./banner.js";
import { cleanText, NAME_LENGTH } from "./messages.js";
import { $ } from "./page.js";

/** @typedef {{ kind: "host", topology: "star" | "mesh" } | { kind: "join", code: string }} Attempt */

const NAMES = ["Pebble", "Terra", "Brick", "Kiln", "Mug", "Slip", "Ochre", "Adobe", "Marl", "Dune", "Rusty", "Sienna"];
const NAME_KEY = "clay-arena-name";

export class Lobby {
  #name = $("name", HTMLInputElement);
  #code = $("code", HTMLInputElement);
  #choices = $("choices", HTMLElement);
  #connecting = $("connecting", HTMLElement);
  #phase = $("phase", HTMLElement);
  #banner = $("banner", HTMLElement);
  #join = $("join", HTMLButtonElement);
  /** @type {(attempt: Attempt) => void} */
  #start;

  /**
   * @param {{ start(attempt: Attempt): void, cancel(): void }} actions
   * @param {string} invited the code in the page's link, or ""
   */
  constructor(actions, invited) {
    this.#start = actions.start;
    this.#name.value = savedName() ?? NAMES[Math.floor(Math.random() * NAMES.length)] ?? "Clay";
    this.#code.value = invited;
    $("host-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const isMesh = new FormData($("host-form", HTMLFormElement)).get("topology") === "mesh";
      actions.start({ kind: "host", topology: isMesh ? "mesh" : "star" });
    });
    $("join-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#tryJoin();
    });
    $("cancel", HTMLButtonElement).addEventListener("click", () => actions.cancel());
    this.#code.addEventListener("input", () => {
      this.#code.value = this.#code.value.toUpperCase();
      clearBanner(this.#banner);
    });
    if (invited) this.#invite(invited);
  }

  /** The name as others may see it, kept for the next visit. */
  get name() {
    const name = cleanText(this.#name.value, NAME_LENGTH) || "Clay";
    this.#name.value = name;
    saveName(name);
    return name;
  }

  showChoices() {
    this.#connecting.hidden = true;
    this.#choices.hidden = false;
  }

  /** @param {string} words what is going on */
  showConnecting(words) {
    if (this.#phase.textContent !== words) this.#phase.textContent = words;
    if (!this.#connecting.hidden) return;
    clearBanner(this.#banner);
    this.#choices.hidden = true;
    this.#connecting.hidden = false;
    $("cancel", HTMLButtonElement).focus();
  }

  /**
   * @param {import("./banner.js").Problem} problem
   * @param {Attempt} [attempt] what "Try again" does
   */
  showProblem(problem, attempt) {
    const retry = attempt ? () => this.#start(attempt) : undefined;
    showBanner(this.#banner, problem, retry);
    if (retry) this.#banner.querySelector("button")?.focus();
  }

  #tryJoin() {
    const code = this.#code.value.trim();
    if (code) {
      this.#start({ kind: "join", code });
      return;
    }
    const tip = "The host sees it at the top of the screen: six letters and digits, or L….-….";
    showBanner(this.#banner, { title: "Type the code first.", tip });
    this.#code.focus();
  }

  /** Who comes by a link needs one tap: joining is the first thing on the page. @param {string} code */
  #invite(code) {
    document.body.dataset["invited"] = "";
    $("tagline", HTMLElement).textContent = "You are invited to a game.";
    this.#join.textContent = `Join ${code}`;
    this.#join.classList.add("primary");
    $("host", HTMLButtonElement).classList.remove("primary");
    $("host", HTMLButtonElement).textContent = "Host a game of your own";
    this.#code.addEventListener("input", () => (this.#join.textContent = "Join"), { once: true });
  }
}

/** A browser may forbid storage; the game does without. */
function savedName() {
  try {
    return localStorage.getItem(NAME_KEY);
  } catch {
    return null;
  }
}

/** @param {string} name */
function saveName(name) {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // Not kept then.
  }
}
