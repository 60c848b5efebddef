import { describe, expect, test } from "vitest";
import { pairWays } from "../ways.js";
import type { Way } from "../ways.js";

const way = (id: string, path: Way["path"], latency = 5): Way => ({ id, path, latency });

describe("how the pairs are connected", () => {
  test("is what their ends say; of two words the longer way", () => {
    const told = new Map([
      ["me", [way("host", "direct", 1), way("bob", "direct", 9)]],
      ["host", [way("me", "direct", 3), way("bob", "relay")]],
      ["bob", [way("me", "via-host", 8)]],
    ]);
    expect(pairWays(["me", "host", "bob"], told)).toEqual([
      { a: "me", b: "host", path: "direct", latency: 3 },
      { a: "me", b: "bob", path: "via-host", latency: 9 },
      { a: "host", b: "bob", path: "relay", latency: 5 },
    ]);
  });

  test("is not known of pairs of which nobody has told, or one who is not in", () => {
    expect(pairWays(["me", "bob"], new Map([["eve", [way("bob", "direct")]]]))).toEqual([]);
  });
});
