import { expect, test } from "vitest";
import { onExit } from "../src/exit-callbacks.ts";

test("however many want to know of the exit, the process has one listener, and none after all were undone", () => {
  const before = process.listenerCount("exit");
  const callback = (): void => {};
  const undos = Array.from({ length: 20 }, () => onExit(callback));
  expect(process.listenerCount("exit")).toBe(before + 1);
  for (const undo of undos) undo();
  expect(process.listenerCount("exit")).toBe(before);
  undos[0]?.();
  expect(process.listenerCount("exit")).toBe(before);
});
