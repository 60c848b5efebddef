import { payload } from "../agent/payload.mjs";
import { FORMATS, sizeOf } from "./formats.mjs";

/** What a format costs for one message: microseconds, and bytes on the channel. @typedef {{ encode: number, decode: number, passOn: number, bytes: number }} Cost */

/**
 * What each format costs when so many messages leave at once; by turns, for so many milliseconds each.
 * @param {number} count
 * @param {number} ms
 * @returns {Record<string, Cost>}
 */
export function measureFormats(count, ms) {
  const messages = Array.from({ length: count }, (_, index) => payload("silent", index));
  /** @type {Record<string, Cost>} */
  const costs = {};
  for (const [name, { encode, decode, passOn }] of Object.entries(FORMATS)) {
    const wire = encode(messages);
    const time = (/** @type {() => unknown} */ act) => microseconds(act, ms / 3) / count;
    costs[name] = {
      encode: time(() => encode(messages)),
      decode: time(() => decode(wire)),
      passOn: time(() => passOn(wire)),
      bytes: sizeOf(wire) / count,
    };
  }
  return costs;
}

/**
 * What a call takes.
 * @param {() => unknown} act
 * @param {number} ms
 */
function microseconds(act, ms) {
  const started = performance.now();
  let calls = 0;
  let passed = 0;
  // Clocks of pages are coarse.
  for (let batch = 1; passed < ms; batch *= 2) {
    for (let call = 0; call < batch; call++) act();
    calls += batch;
    passed = performance.now() - started;
    if (passed > ms / 4) batch /= 2;
  }
  return (passed * 1000) / calls;
}
