import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { ReadingQueue } from "../src/reading-queue.ts";

/** As reading frames that take long. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test("[S56] reading that takes long goes on in another turn of the event loop", async () => {
  const queue = new ReadingQueue();
  const done: string[] = [];
  for (const name of ["a", "b"]) {
    queue.add({
      readOn: () => {
        work(1);
        done.push(name);
      },
    });
  }
  setImmediate(() => done.push("somebody else"));
  while (!done.includes("b")) await nextTurn();
  expect(done).toEqual(["a", "somebody else", "b"]);
});

test("[S56] who has more to read queues at the end", async () => {
  const queue = new ReadingQueue();
  const done: string[] = [];
  const unread = (name: string, times: number): void => {
    let left = times;
    const each = {
      readOn: () => {
        done.push(name);
        if (--left > 0) queue.add(each);
      },
    };
    queue.add(each);
  };
  unread("a", 3);
  unread("b", 1);
  while (done.length < 4) await nextTurn();
  expect(done).toEqual(["a", "b", "a", "a"]);
});
