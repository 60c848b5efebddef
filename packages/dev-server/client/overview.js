// @ts-check
/**
 * Shows what the server says about itself, and asks again every two seconds while somebody looks. It asks instead of
 * listening: a stream would hold one of the six connections that a browser opens to a host, and would have to be
 * opened again after every break.
 */

/** @typedef {import("../src/overview/overview-status.ts").OverviewStatus} Status */

const ASK_MS = 2000;
/** The first search for games nearby takes about a second. */
const ASK_SOON_MS = 500;
const PATIENCE_MS = 5000;
/** What ISO 18004 asks for, in modules. */
const QUIET_ZONE = 4;

/** The address in the QR code, once somebody has chosen one. */
let chosen = "";
/** @type {Status | undefined} */
let shown;

/** @param {string} id */
function $(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`This page has no element "#${id}".`);
  return element;
}

/**
 * @param {string} tag
 * @param {{ className?: string, text?: string, href?: string }} [properties]
 * @param {readonly Element[]} [children]
 */
function make(tag, { className, text, href } = {}, children = []) {
  const element = document.createElement(tag);
  if (className !== undefined) element.className = className;
  if (text !== undefined) element.textContent = text;
  if (href !== undefined) element.setAttribute("href", href);
  element.append(...children);
  return element;
}

/**
 * Gives a list one child for each key; those that stay are not touched, so that focus stays, too.
 * @param {Element} list
 * @param {readonly string[]} keys
 * @param {(key: string) => HTMLElement} makeChild
 */
function update(list, keys, makeChild) {
  const old = new Map([...list.children].map((child) => [child.getAttribute("data-key") ?? "", child]));
  const children = keys.map((key) => {
    const child = old.get(key) ?? makeChild(key);
    child.setAttribute("data-key", key);
    return child;
  });
  for (const child of old.values()) if (!children.includes(child)) child.remove();
  for (const [index, child] of children.entries()) {
    if (list.children[index] !== child) list.insertBefore(child, list.children[index] ?? null);
  }
}

/** @param {Status} status */
function show(status) {
  shown = status;
  document.title = `${status.name} · clay-dev-server`;
  $("name").textContent = status.name;
  $("content").hidden = false;
  update(
    $("links"),
    status.links.map(({ path }) => path),
    (path) => {
      const text = status.links.find((link) => link.path === path)?.title ?? path;
      return make("li", {}, [make("a", { className: "button", text, href: path })]);
    },
  );
  showAddresses(status);
  showQr(status);
  showNetworks(status);
  showNearby(status);
}

/** @param {Status} status */
function showAddresses({ local, lan }) {
  const kinds = new Map([[local, "On this machine"], ...lan.map(({ url }) => /** @type {const} */ ([url, "Nearby"]))]);
  update($("addresses"), [...kinds.keys()], (url) => {
    return make("li", { className: "row" }, [
      make("div", {}, [make("span", { className: "kind", text: kinds.get(url) ?? "" }), makeLink(url)]),
      makeCopyButton(url),
    ]);
  });
}

/** @param {string} text */
function makeCopyButton(text) {
  const button = make("button", { className: "button", text: "Copy" });
  button.setAttribute("type", "button");
  button.setAttribute("aria-label", `Copy ${text}`);
  button.addEventListener("click", () => void copyFrom(button, text));
  return button;
}

/** On a narrow screen, a URL is broken before its port. @param {string} url */
function makeLink(url) {
  const link = make("a", { href: url });
  const [, start = url, end = ""] = /^(.*)(:\d+\/.*)$/.exec(url) ?? [];
  link.append(start, make("wbr"), end);
  return link;
}

/** @param {Status} status */
function showQr({ lan }) {
  const current = lan.find(({ url }) => url === chosen) ?? lan[0];
  $("scan").hidden = current === undefined;
  $("alone").hidden = current !== undefined;
  $("picker").hidden = lan.length < 2;
  update(
    $("choices"),
    lan.map(({ url }) => url),
    makeChoice,
  );
  if (!current) return;
  for (const input of $("choices").querySelectorAll("input")) input.checked = input.value === current.url;
  const svg = $("qr");
  if (svg.dataset["url"] === current.url) return;
  svg.dataset["url"] = current.url;
  const width = current.qr.size + 2 * QUIET_ZONE;
  svg.setAttribute("viewBox", `${-QUIET_ZONE} ${-QUIET_ZONE} ${width} ${width}`);
  svg.setAttribute("aria-label", `QR code of ${current.url}`);
  svg.firstElementChild?.setAttribute("d", current.qr.path);
  $("qr-url").textContent = current.url;
}

/** @param {string} url */
function makeChoice(url) {
  const input = document.createElement("input");
  input.type = "radio";
  input.name = "address";
  input.value = url;
  input.addEventListener("change", () => {
    chosen = url;
    if (shown) showQr(shown);
  });
  return make("label", { className: "choice" }, [input, make("span", { text: new URL(url).hostname })]);
}

/** @param {Status} status */
function showNetworks({ networks, moreNetworks, others }) {
  update($("networks"), networks, (code) => {
    const join = make("a", { className: "button", text: "Join", href: `/?join=${encodeURIComponent(code)}` });
    join.setAttribute("aria-label", `Join ${code}`);
    return make("li", { className: "row" }, [make("span", { className: "network-code", text: code }), join]);
  });
  $("no-networks").hidden = networks.length > 0;
  $("others").textContent = [
    ...(moreNetworks > 0 ? [`${moreNetworks} more ${moreNetworks === 1 ? "network" : "networks"}.`] : []),
    ...(others > 0 ? [`${others} other ${others === 1 ? "peer is" : "peers are"} connected to signaling.`] : []),
  ].join(" ");
  $("others").hidden = moreNetworks + others === 0;
}

/** @param {Status} status */
function showNearby({ nearby }) {
  const games = typeof nearby === "string" ? [] : nearby;
  $("nearby-card").hidden = nearby === "off";
  update(
    $("nearby"),
    games.map(({ code }) => code),
    makeGame,
  );
  for (const [index, game] of games.entries()) fillGame($("nearby").children[index], game);
  $("no-nearby").hidden = games.length > 0;
  setText(
    $("no-nearby"),
    nearby === "searching" ? "Looking…" : "None yet. Games that are hosted in LAN mode on this network appear here.",
  );
  $("nearby-blocked").hidden = games.length === 0 || location.protocol !== "https:";
}

/** @param {string} code */
function makeGame(code) {
  const name = make("strong", { className: "game-name" });
  // It may be in any script.
  name.dir = "auto";
  // The page of the project reads the code from its address.
  const join = make("a", { className: "button", text: "Join", href: `/#${encodeURIComponent(code)}` });
  return make("li", { className: "row game" }, [
    make("div", {}, [name, make("span", { className: "kind players" }), make("code", { text: code })]),
    make("div", { className: "actions" }, [makeCopyButton(code), join]),
  ]);
}

/**
 * @param {Element | undefined} row
 * @param {import("../src/overview/overview-status.ts").NearbyGame} game
 */
function fillGame(row, { name, code, nodeCount, maxNodes, appId }) {
  const players = `${nodeCount} of ${maxNodes} players`;
  setText(row?.querySelector(".game-name"), name);
  setText(row?.querySelector(".players"), appId === "" ? players : `${players} · ${appId}`);
  row?.querySelector("a")?.setAttribute("aria-label", `Join ${name}, ${code}`);
}

/**
 * What stays the same is not written again: somebody may have selected it.
 * @param {Element | null | undefined} element
 * @param {string} text
 */
function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/**
 * A page on plain http (a phone on the LAN address) has no clipboard API; the old way works there.
 * @param {HTMLElement} button
 * @param {string} text
 */
async function copyFrom(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    // Beside the button, so that nothing scrolls.
    button.after(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1600);
}

async function ask() {
  const state = $("state");
  try {
    const response = await fetch("status.json", { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    show(await response.json());
    setState(state, "running", "Running");
  } catch {
    setState(state, "lost", "The server does not answer. Is it still running?");
  }
}

/**
 * Only what is new is written: a screen reader says it every time.
 * @param {HTMLElement} element
 * @param {"running" | "lost"} state
 * @param {string} text
 */
function setState(element, state, text) {
  if (element.dataset["state"] === state) return;
  element.dataset["state"] = state;
  element.textContent = text;
}

async function askForever() {
  for (;;) {
    if (document.visibilityState === "hidden") {
      await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
      continue;
    }
    await ask();
    await new Promise((resolve) => setTimeout(resolve, shown?.nearby === "searching" ? ASK_SOON_MS : ASK_MS));
  }
}

void askForever();
