import { describe, expect, test } from "vitest";
import { runInChild } from "./run-in-child.ts";

describe("the process ends by itself after close(), whatever was there before", { timeout: 30_000 }, () => {
  test.each([
    "nothing but the import",
    "an unused connection",
    "channels, but no offer",
    "an offer",
    "an offer that was taken",
    "an answer",
    "ICE",
    "the first open channel",
    "connected",
    "unsent data",
    "channels closed before their connections",
    "channels that close in the moment in which they arrive",
  ])("%s", async (scenario) => {
    expect(await runInChild(scenario)).toEqual({ code: 0, signal: null, output: `done: ${scenario}\n`, errors: "" });
  });

  test("a wrong bind address, which throws an Error and does not abort", async () => {
    const { code, output } = await runInChild("a wrong bind address");
    expect([code, output]).toEqual([0, "true\ndone: a wrong bind address\n"]);
  });

  test("handlers that throw: no exception gets into native code, each is shown", async () => {
    const { code, signal, errors } = await runInChild("handlers that throw");
    expect([code, signal]).toEqual([0, null]);
    expect(errors.match(/Error: boom/g)?.length).toBeGreaterThanOrEqual(102);
  });

  test("callbacks on exit run, also after an uncaught error, and what they throw is shown", async () => {
    const { code, errors } = await runInChild("a good-bye in the exit handler");
    expect(code).toBe(1);
    expect(errors).toMatch(/The data channel is closed, not open\./);
  });
});

// Linux tells in /proc what a process holds.
test.runIf(process.platform === "linux")(
  "200 connections leave no handles, files or threads behind, and memory where it was",
  { timeout: 60_000 },
  async () => {
    const { code, output } = await runInChild("200 connections, one after the other", 50_000);
    expect(code).toBe(0);
    const { early, late, active } = JSON.parse(output.split("\n")[0] ?? "");
    expect(active.filter((kind: string) => kind !== "PipeWrap")).toEqual([]);
    expect(late.files).toBeLessThanOrEqual(early.files + 2);
    expect(late.threads).toBeLessThanOrEqual(early.threads + 2);
    expect(late.megabytes).toBeLessThan(early.megabytes + 50);
  },
);
