// @ts-check
/** Keys, mouse and fingers become one wish: where to go. Dash, wave and chat are calls back. */

/**
 * A stick under the finger: it begins where the finger touched. CSS pixels, relative to the canvas.
 * @typedef {{ x: number, y: number, dx: number, dy: number, reach: number }} Stick
 */
/** @typedef {{ dash(): void, wave(): void, chat(): void }} Actions */

/** @type {Record<string, { x: number, y: number }>} */
const DIRECTIONS = {
  KeyW: { x: 0, y: -1 },
  KeyA: { x: -1, y: 0 },
  KeyS: { x: 0, y: 1 },
  KeyD: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowDown: { x: 0, y: 1 },
  ArrowRight: { x: 1, y: 0 },
};
/** @type {Record<string, keyof Actions>} */
const ACTIONS = { Space: "dash", KeyE: "wave", Enter: "chat" };
const REACH = 56;

export class Input {
  /** @type {Set<string>} */
  #keys = new Set();
  /** @type {(Stick & { pointer: number }) | undefined} */
  #stick;
  #canvas;
  #actions;
  #end = new AbortController();

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Actions} actions
   */
  constructor(canvas, actions) {
    this.#canvas = canvas;
    this.#actions = actions;
    const { signal } = this.#end;
    window.addEventListener("keydown", (event) => this.#keyDown(event), { signal });
    window.addEventListener("keyup", (event) => this.#keys.delete(event.code), { signal });
    window.addEventListener("blur", () => this.#keys.clear(), { signal });
    canvas.addEventListener("pointerdown", (event) => this.#touch(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.#drag(event), { signal });
    for (const type of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
      canvas.addEventListener(type, (event) => this.#release(event), { signal });
    }
  }

  get stick() {
    return this.#stick;
  }

  /** Where the player wants to go; its length is at most 1. */
  get wish() {
    if (this.#stick) return { x: this.#stick.dx / REACH, y: this.#stick.dy / REACH };
    let x = 0;
    let y = 0;
    for (const key of this.#keys) {
      x += DIRECTIONS[key]?.x ?? 0;
      y += DIRECTIONS[key]?.y ?? 0;
    }
    const length = Math.max(1, Math.hypot(x, y));
    return { x: x / length, y: y / length };
  }

  dispose() {
    this.#end.abort();
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (scrolls(event.target) && event.code.startsWith("Arrow")) return;
    if (Object.hasOwn(DIRECTIONS, event.code)) {
      this.#keys.add(event.code);
      event.preventDefault();
      return;
    }
    const action = ACTIONS[event.code];
    // Space and Enter press the button that has the focus.
    if (!action || event.repeat || (action !== "wave" && isButton(event.target))) return;
    event.preventDefault();
    this.#actions[action]();
  }

  /** @param {PointerEvent} event */
  #touch(event) {
    if (this.#stick || event.button !== 0) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#stick = { pointer: event.pointerId, x: event.offsetX, y: event.offsetY, dx: 0, dy: 0, reach: REACH };
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const stick = this.#stick;
    if (stick?.pointer !== event.pointerId) return;
    const x = event.offsetX - stick.x;
    const y = event.offsetY - stick.y;
    const shorten = Math.min(1, REACH / Math.max(1, Math.hypot(x, y)));
    this.#stick = { ...stick, dx: x * shorten, dy: y * shorten };
  }

  /** @param {PointerEvent} event */
  #release(event) {
    if (this.#stick?.pointer === event.pointerId) this.#stick = undefined;
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLInputElement;
}

/** @param {EventTarget | null} target */
function isButton(target) {
  return target instanceof HTMLElement && target.matches("button, summary");
}

/**
 * Whether arrows scroll it, as they do where keys are the only way to read on.
 * @param {EventTarget | null} target
 */
function scrolls(target) {
  return target instanceof HTMLElement && target.matches("#chat-log, .view");
}
