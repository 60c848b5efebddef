// @ts-check
/** The code and the link that let others in. */

/** @param {string} code */
export function linkFor(code) {
  return `${location.origin}${location.pathname}?join=${encodeURIComponent(code)}`;
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
