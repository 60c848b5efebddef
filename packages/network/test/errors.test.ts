import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { isNetworkError } from "../src/index.ts";

test("isNetworkError knows one of another realm, where every class is another", () => {
  const error: unknown = runInNewContext(
    `Object.assign(new Error("x"), { name: "NetworkError", code: "timeout", hint: "", details: {} })`,
  );
  expect(error).not.toBeInstanceOf(Error);
  expect(isNetworkError(error)).toBe(true);
});
