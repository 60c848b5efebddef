import { expect, test } from "vitest";
import { isShared } from "../src/listening.ts";

test("addresses of this machine alone are shared with nobody", () => {
  expect(["127.0.0.1", "localhost", "::1", "127.1.2.3"].some(isShared)).toBe(false);
  expect([undefined, "0.0.0.0", "192.0.2.7", "::"].every(isShared)).toBe(true);
});
