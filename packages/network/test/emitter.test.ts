import { expect, test } from "vitest";
import { Emitter } from "../src/util/emitter.ts";

interface Events {
  tick: [count: number];
  tock: [];
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const fail = (error: unknown): void => {
  throw error;
};

test("an undone listener is not called any more, not even for the event that is being delivered", async () => {
  const emitter = new Emitter<Events>(fail);
  const seen: string[] = [];
  emitter.on("tick", () => {
    seen.push("first");
    off();
  });
  const off = emitter.on("tick", () => seen.push("second"));
  emitter.emit("tick", 1);
  await turn();
  expect(seen).toEqual(["first"]);
});

test("what is taken back while it waits is not delivered; the rest comes in order", async () => {
  const emitter = new Emitter<Events>(fail);
  const seen: unknown[] = [];
  emitter.on("tick", (count) => {
    seen.push(count);
    if (count === 1) emitter.discard(["tick"]);
  });
  emitter.on("tock", () => seen.push("tock"));
  emitter.emit("tick", 1);
  emitter.emit("tick", 2);
  emitter.emit("tock");
  emitter.emit("tick", 3);
  await turn();
  emitter.emit("tick", 4);
  await turn();
  expect(seen).toEqual([1, "tock", 4]);
});
