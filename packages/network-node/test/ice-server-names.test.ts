import { expect, test } from "vitest";
import { IceServerNames } from "../src/ice-server-names.ts";
import type { Lookup } from "../src/ice-server-names.ts";

const asked: string[] = [];
const answers: Record<string, { address: string; family: number }[] | "nobody" | "silence"> = {
  "stun.example.com": [
    { address: "2001:db8::1", family: 6 },
    { address: "192.0.2.1", family: 4 },
  ],
  "six.example.com": [{ address: "2001:db8::2", family: 6 }],
  "unknown.example.com": "nobody",
  "vanishing.example.com": "silence",
};
const lookup: Lookup = (name) => {
  asked.push(name);
  const answer = answers[name];
  if (answer === "silence") return new Promise(() => {});
  return Array.isArray(answer) ? Promise.resolve(answer) : Promise.reject(new Error("ENOTFOUND"));
};
const names = new IceServerNames(lookup, 50);
const urlsOf = async (...urls: string[]): Promise<unknown> => (await names.resolve([{ urls }]))[0]?.urls;

test("names become addresses, IPv4 where there is one; ports, parameters and credentials stay", async () => {
  const turn = { urls: "turn:STUN.example.com:3479?transport=udp", username: "u", credential: "c" };
  expect(await names.resolve([{ urls: ["stun:stun.example.com", "stun:six.example.com:3479"] }, turn])).toEqual([
    { urls: ["stun:192.0.2.1", "stun:[2001:db8::2]:3479"] },
    { ...turn, urls: ["turn:192.0.2.1:3479?transport=udp"] },
  ]);
});

test("addresses, and what libjuice cannot speak or nobody can read, are left as they are", async () => {
  const urls = ["stun:192.0.2.7:1", "stun:[2001:db8::7]", "turns:turn.example.com?transport=tcp", "stun://rubbish"];
  const before = asked.length;
  expect(await urlsOf(...urls)).toEqual(urls);
  expect(asked.length).toBe(before);
});

test("what nobody knows is left out, and not asked for again at once", async () => {
  expect(await names.resolve([{ urls: "stun:unknown.example.com" }])).toEqual([]);
  expect(await urlsOf("stun:unknown.example.com", "stun:stun.example.com")).toEqual(["stun:192.0.2.1"]);
  expect(asked.filter((name) => name === "unknown.example.com")).toHaveLength(1);
});

test("where the question vanishes it goes on without, and the system is asked once for all", async () => {
  const both = Promise.all([urlsOf("stun:vanishing.example.com"), urlsOf("stun:vanishing.example.com")]);
  expect(await both).toEqual([undefined, undefined]);
  expect(asked.filter((name) => name === "vanishing.example.com")).toHaveLength(1);
});
