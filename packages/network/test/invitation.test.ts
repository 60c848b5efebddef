import { afterEach, expect, test, vi } from "vitest";
import { invitation } from "../src/index.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ["/?join=k7q2md", "k7q2md"],
  ["/#K7Q2MD", "K7Q2MD"],
  ["/#L1H9U1VM-102H", "L1H9U1VM-102H"],
  ["/#L1H9U1VM-102H,L1H9U1VN-102H", "L1H9U1VM-102H,L1H9U1VN-102H"],
  ["/?join=K7Q2MD#settings", "K7Q2MD"],
  // A mistyped invitation is one: join() says what is wrong with it.
  ["/?join=K7Q", "K7Q"],
  ["/", undefined],
  ["/?join=", undefined],
  // A page's own use of the hash, as by routers, is none.
  ["/#/lobby", undefined],
  ["/#settings", undefined],
  ["/#%", undefined],
])("a page opened at %s is invited to %s", (address, code) => {
  vi.stubGlobal("location", new URL(address, "http://192.0.2.2:8090"));
  expect(invitation()).toBe(code);
});

test("the code of the host that served the page counts first", () => {
  vi.stubGlobal("document", { querySelector: () => ({ content: "L1H9U1VM-102H" }) });
  vi.stubGlobal("location", new URL("http://192.0.2.2:8090/?join=K7Q2MD"));
  expect(invitation()).toBe("L1H9U1VM-102H");
});

test("where there is no page there is no invitation", () => {
  expect(invitation()).toBeUndefined();
});
