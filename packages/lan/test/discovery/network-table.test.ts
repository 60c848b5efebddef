import { describe, expect, test } from "vitest";
import {
  listNetworks,
  placesOf,
  reduceNetworks,
  type CheckResult,
  type NetworkTable,
  type TableEvent,
} from "../../src/discovery/network-table.ts";
import type { Announcement } from "../../src/discovery/announcement.ts";
import { announcementOf, codeOf } from "./local-multicast.ts";

/** A table, the clock of which goes when a test says so. */
class Story {
  table: NetworkTable = [];
  now = 0;

  hear(instance: string, source: string, changes: Partial<Announcement> = {}): this {
    const port = changes.port ?? 4000;
    const announcement = announcementOf({ codes: [codeOf(port, source)], ...changes });
    return this.#apply({ type: "heard", instance, source, announcement, ttl: 120 });
  }

  check(address: string, result: CheckResult = "answered", port = 4000): this {
    return this.#apply({ type: "checked", address, port, result });
  }

  leave(instance: string, source: string): this {
    return this.#apply({ type: "left", instance, source });
  }

  pass(ms: number): this {
    this.now += ms;
    return this.#apply({ type: "time" });
  }

  get shown(): string[] {
    return listNetworks(this.table).map(({ name, codes }) => `${name}: ${codes.join(" ")}`);
  }

  #apply(event: TableEvent): this {
    this.table = reduceNetworks(this.table, event, this.now);
    return this;
  }
}

const A = "198.18.0.1";
const B = "198.18.0.2";
const shownAt = (...addresses: string[]): string =>
  `Anna's game: ${addresses.map((each) => codeOf(4000, each)).join(" ")}`;

describe("the networks nearby", () => {
  test("are shown as soon as their host has answered at the address that they were heard from", () => {
    const story = new Story().hear("one", A);
    expect(story.shown).toEqual([]);
    expect(placesOf(story.table)).toEqual([{ address: A, port: 4000 }]);
    expect(story.check(A).shown).toEqual([shownAt(A)]);
  });

  test("have the code of that address first, then those that the host tells", () => {
    const story = new Story().hear("one", A, { codes: [codeOf(4000, B), codeOf(4000, A)] }).check(A);
    expect(story.shown).toEqual([shownAt(A, B)]);
  });

  test("never lead to this machine because a stranger says so", () => {
    const story = new Story().hear("one", A, { codes: [codeOf(4000, "127.0.0.1"), codeOf(4000, A)] }).check(A);
    expect(story.shown).toEqual([shownAt(A)]);
  });

  test("have at most 8 codes", () => {
    const codes = Array.from({ length: 8 }, (_, n) => codeOf(4000, `10.0.0.${n + 1}`));
    const story = new Story().hear("one", A, { codes }).check(A);
    expect(listNetworks(story.table)[0]?.codes).toHaveLength(8);
  });

  test("stay, and are not shown twice, when only the number of nodes changes", () => {
    const story = new Story().hear("one", A, { nodeCount: 2 }).check(A).hear("one", A, { nodeCount: 3 });
    expect(listNetworks(story.table)).toMatchObject([{ nodeCount: 3 }]);
  });

  test("are shown twice when two hosts call theirs the same", () => {
    const story = new Story().hear("one", B).hear("two", A).check(A).check(B);
    expect(story.shown).toEqual([shownAt(A), shownAt(B)]);
  });

  test("are shown once when a host is heard from two interfaces", () => {
    const codes = [codeOf(4000, A), codeOf(4000, B)];
    const story = new Story().hear("one", A, { codes }).hear("one", B, { codes }).check(A).check(B);
    expect(story.shown).toEqual([shownAt(A, B)]);
  });

  test("of this machine have its address first when it is in a network again, then the loopback's", () => {
    const story = new Story().hear("one", "127.0.0.1").check("127.0.0.1").hear("one", A).check(A);
    expect(story.shown).toEqual([shownAt(A, "127.0.0.1")]);
    expect(story.check(A, "silent").shown).toEqual([shownAt(A, "127.0.0.1")]);
  });

  test("are gone at once when the host says good-bye, or refuses", () => {
    expect(new Story().hear("one", A).check(A).leave("one", A).shown).toEqual([]);
    expect(new Story().hear("one", A).check(A).check(A, "refused").shown).toEqual([]);
  });

  test("stay after one check without an answer, and are gone after two in a row", () => {
    const story = new Story().hear("one", A).check(A).check(A, "silent");
    expect(story.shown).toHaveLength(1);
    expect(story.check(A).check(A, "silent").shown).toHaveLength(1);
    expect(story.check(A, "silent").shown).toEqual([]);
  });

  test("stay when somebody else says good-bye for them", () => {
    expect(new Story().hear("one", A).check(A).leave("one", B).shown).toHaveLength(1);
  });

  test("move with their host to its new address, and are shown once all the time", () => {
    const story = new Story().hear("one", A).check(A).check(A, "silent").hear("one", B).check(B);
    expect(story.shown).toEqual([shownAt(B, A)]);
    expect(story.check(A, "silent").shown).toEqual([shownAt(B)]);
  });

  test("are replaced when their host is started anew on the same port", () => {
    const story = new Story().hear("old", A).check(A).hear("new", A).check(A);
    expect(story.shown).toEqual([shownAt(A)]);
  });

  test("are gone when nothing was heard of them for two minutes, though the port still answers", () => {
    const story = new Story().hear("one", A).check(A).pass(119_999);
    expect(story.shown).toHaveLength(1);
    expect(story.pass(1).shown).toEqual([]);
  });

  test("must answer again after their port has changed", () => {
    expect(new Story().hear("one", A).check(A).hear("one", A, { port: 4001 }).shown).toEqual([]);
  });

  test("are those of one game only, when somebody asks for it", () => {
    const story = new Story().hear("one", A, { appId: "tag" }).hear("two", B, { appId: "chess" }).check(A).check(B);
    expect(listNetworks(story.table, "chess").map(({ appId }) => appId)).toEqual(["chess"]);
    expect(listNetworks(story.table, "")).toHaveLength(2);
  });

  test("are sorted by name, and cannot be changed by who gets the list", () => {
    const story = new Story().hear("one", A, { name: "b" }).hear("two", B, { name: "a" }).check(A).check(B);
    const list = listNetworks(story.table);
    expect(list.map(({ name }) => name)).toEqual(["a", "b"]);
    expect([list, list[0], list[0]?.codes].every(Object.isFrozen)).toBe(true);
  });
});

describe("somebody who announces without end", () => {
  test("has 8 networks at one address", () => {
    const story = new Story();
    for (let n = 0; n < 100; n++) story.hear(`n${n}`, A, { port: 4000 + n });
    expect(story.table).toHaveLength(8);
    expect(story.hear("one", B).table).toHaveLength(9);
  });

  test("has 64 networks with all the addresses that it can invent", () => {
    const story = new Story();
    for (let n = 0; n < 1000; n++) story.hear(`n${n}`, `10.0.${n >> 8}.${n & 255}`);
    expect(story.table).toHaveLength(64);
  });

  test("gives one network 4 addresses", () => {
    const story = new Story();
    for (let n = 0; n < 100; n++) story.hear("one", `10.0.0.${n}`);
    expect(story.table).toHaveLength(4);
  });
});
