import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Tarpit } from "../src/tarpit.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("who comes too often is answered in a while; a server that closes does not wait for that", () => {
  const tarpit = new Tarpit();
  const story: string[] = [];
  const hold = (name: string): void =>
    tarpit.hold(
      "192.0.2.1",
      () => story.push(`${name} answered`),
      () => story.push(`${name} dropped`),
    );
  hold("first");
  vi.advanceTimersByTime(1000);
  for (let n = 0; n < 16; n++) hold("another");
  expect([story, tarpit.isFull("192.0.2.1")]).toEqual([["first answered"], true]);
  tarpit.close();
  vi.advanceTimersByTime(10_000);
  expect(story.slice(1)).toEqual(Array(16).fill("another dropped"));
  expect([tarpit.isFull("192.0.2.1"), vi.getTimerCount()]).toEqual([false, 0]);
});
