// @ts-check
/** The code and the link that let others in. */

/** @param {string} code */
export function linkFor(code) {
  return `${location.origin}${location.pathname}?join=${encodeURIComponent(code)}`;
}

/** The code in the page's own link: `?join=CODE` or `#CODE`. Empty when there is none. */
export function invitedTo() {
  const asked = new URLSearchParams(location.search).get("join") ?? location.hash.slice(1);
  return asked
    .slice(0, 24)
    .replace(/[^A-Za-z0-9 -]/g, "")
    .toUpperCase();
}

/**
 * A page on plain http (a phone on the LAN address) has no clipboard API; the old way works there.
 * @param {string} text
 * @returns {Promise<boolean>} false when the browser allows neither
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "offscreen";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

/** Says "Copied" on a button for a moment. */
export function flash(/** @type {HTMLButtonElement} */ button, /** @type {string} */ text) {
  const label = button.querySelector(".label") ?? button;
  button.dataset["label"] ??= label.textContent ?? "";
  label.textContent = text;
  window.setTimeout(() => (label.textContent = button.dataset["label"] ?? ""), 1600);
}
