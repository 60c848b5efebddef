/**
 * Calls `act` at a pace by the clock, until the time is over. Who is late catches up, 100 calls at a time at most.
 * @param {number} perSecond
 * @param {number} ms
 * @param {(n: number) => void} act
 * @returns {Promise<number>} How often it was called.
 */
export async function pace(perSecond, ms, act) {
  const started = performance.now();
  let count = 0;
  for (let elapsed = 0; elapsed < ms; elapsed = performance.now() - started) {
    const due = Math.min((elapsed * perSecond) / 1000, count + 100);
    while (count < due) act(count++);
    await breathe();
  }
  return count;
}

/** Lets everything else run. Timers would wait for 4 ms in a page (HTML, 8.7). */
function breathe() {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(undefined);
  });
}

/**
 * The same by a timer, for few calls a second: with a processor that rests between.
 * @param {number} perSecond
 * @param {number} ms
 * @param {(n: number) => void} act
 * @returns {Promise<number>} How often it was called.
 */
export async function metronome(perSecond, ms, act) {
  const started = performance.now();
  let count = 0;
  for (; (count * 1000) / perSecond < ms; count++) {
    const wait = started + (count * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    act(count);
  }
  return count;
}
