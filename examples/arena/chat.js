// @ts-check
/** The chat: text only, and no more lines than fit into memory and patience. */
import { CHAT_LENGTH } from "./messages.js";
import { colorOf } from "./palette.js";

const MAX_LINES = 100;

export class Chat {
  #log;
  #input;
  /** Whether the newest line is in view; who reads further up is not pulled away. */
  #atEnd = true;

  /**
   * @param {HTMLElement} log
   * @param {HTMLFormElement} form
   * @param {{ send(text: string): void, done(): void }} actions `done`: back to the game
   */
  constructor(log, form, actions) {
    const input = form.querySelector("input");
    if (!input) throw new Error("The chat form has no input.");
    this.#log = log;
    this.#input = input;
    input.maxLength = CHAT_LENGTH;
    log.addEventListener("scroll", () => (this.#atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40));
    new ResizeObserver(() => this.#showEnd()).observe(log);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value.trim()) actions.send(input.value);
      input.value = "";
      actions.done();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") actions.done();
    });
  }

  focus() {
    this.#input.focus();
  }

  clear() {
    this.#log.replaceChildren();
    this.#input.value = "";
  }

  /**
   * What a player said.
   * @param {string} name
   * @param {number} color
   * @param {string} text
   */
  say(name, color, text) {
    const who = document.createElement("b");
    who.textContent = name;
    who.style.setProperty("--player", colorOf(color).body);
    this.#append("said", who, ` ${text}`);
  }

  /**
   * What the game says.
   * @param {string} text
   */
  note(text) {
    this.#append("note", text);
  }

  /**
   * @param {string} kind
   * @param {...(Node | string)} content
   */
  #append(kind, ...content) {
    const line = document.createElement("p");
    line.className = kind;
    line.append(...content);
    this.#log.append(line);
    while (this.#log.childElementCount > MAX_LINES) this.#log.firstElementChild?.remove();
    this.#showEnd();
  }

  #showEnd() {
    if (this.#atEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }
}
