import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decodeLanCode, drawNetworkCode, encodeLanCode, isLanCode, normalizeNetworkCode } from "../src/codes.ts";

describe("network codes", () => {
  test("[C1] a drawn code has 6 characters of the alphabet without look-alikes", () => {
    for (let i = 0; i < 1000; i++)
      expect(drawNetworkCode(randomBytes)).toMatch(/^[ABCDEFGHJKLMNPQRSTUVWXYZ23456789]{6}$/);
  });

  test("[C1] every byte value leads to each character equally often", () => {
    const count = new Map<string, number>();
    for (let byte = 0; byte < 256; byte++) {
      const letter = drawNetworkCode((n) => new Uint8Array(n).fill(byte))[0] ?? "";
      count.set(letter, (count.get(letter) ?? 0) + 1);
    }
    expect([...count.values()]).toEqual(Array.from({ length: 32 }, () => 8));
  });

  test.each(["8EYEWX", "8eyewx", " 8EY EWX\n", "8EY-EWX", "8E-YE-WX", "8ey–ewx", "8 e y e w x"])(
    "[C2] %j is understood as 8EYEWX",
    (typed) => expect(normalizeNetworkCode(typed)).toBe("8EYEWX"),
  );

  test.each([
    "",
    "8EYEW",
    "8EYEWXA",
    "8EYEW0",
    "8EYEWI",
    "8EYEWO",
    "8EYEW1",
    "8EYEWſ",
    "8EYEWß",
    "8_EYEWX",
    "HOST",
    " ".repeat(1e6) + "8EYEWX",
  ])("[C2] typed text %# is no network code", (typed) => expect(normalizeNetworkCode(typed)).toBeUndefined());
});

describe("LAN codes", () => {
  test.each([
    ["192.0.2.2", 46745, "L1H9U1VM-102H"],
    ["127.0.0.1", 9, "LZ8KFLT-9"],
    ["1.0.0.0", 1, "L9ZLDS-1"],
    ["255.255.255.255", 65535, "L1Z141Z3-1EKF"],
  ])("[C3] %s:%d is %s, and back", (address, port, code) => {
    expect(encodeLanCode({ address, port })).toBe(code);
    expect(decodeLanCode(code)).toEqual({ address, port });
  });

  test("[C3] case and spaces around are forgiven", () => {
    expect(decodeLanCode(" l1h9u1vm-102h ")).toEqual({ address: "192.0.2.2", port: 46745 });
  });

  test.each([
    "L-",
    "L1-",
    "L-1",
    "L1Z141Z4-1",
    "LZZZZZZZ-1",
    "L1H9U1VM-0",
    "L1H9U1VM-1EKG",
    "L1H9U1VM-ZZZZ",
    "L1H9U1VM",
    "1H9U1VM-102H",
    "L1H9U1VM-102H-1",
    "L9ZLDR-1",
    "L1H9U1VM--1",
    "L1.5-1",
    "8EYEWX",
    "",
  ])("[C4] %j is no LAN code", (code) => {
    expect(decodeLanCode(code)).toBeUndefined();
    expect(isLanCode(code)).toBe(false);
  });

  test.each([
    ["0.0.0.0", 1],
    ["256.0.0.1", 1],
    ["1.2.3", 1],
    ["1.2.3.4.5", 1],
    ["::1", 1],
    ["example.com", 1],
    ["192.0.2.2", 0],
    ["192.0.2.2", 65536],
    ["192.0.2.2", 1.5],
    ["192.0.2.2", Number.NaN],
  ])("[C4] %s:%d has no LAN code", (address, port) => expect(encodeLanCode({ address, port })).toBeUndefined());

  test("[C5] a network code typed with a dash is never taken for a LAN code, nor the other way round", () => {
    for (const typed of ["LAB-CDE", "L23-456", "LABCD-E", "L-ABCDE"]) {
      expect(isLanCode(typed)).toBe(false);
      expect(normalizeNetworkCode(typed)).toBe(typed.replace("-", ""));
    }
    expect(normalizeNetworkCode("L9ZLDS-2")).toBeUndefined();
  });
});
