import { describe, expect, test } from "vitest";
import {
  announcementToText,
  checkedAnnouncement,
  textToAnnouncement,
  type Announcement,
} from "../../src/discovery/announcement.ts";
import { announcementOf, codeOf } from "./local-multicast.ts";

function toText(announcement: Announcement): Buffer[] {
  return announcementToText(announcement).map((each) => Buffer.from(each));
}

function withString(key: string, value: string): Announcement | undefined {
  const text = toText(announcementOf()).filter((each) => !each.toString().startsWith(`${key}=`));
  return textToAnnouncement(4000, [...text, Buffer.from(`${key}=${value}`)]);
}

describe("an announcement", () => {
  test.each([
    ["an ordinary one", {}],
    ["a name in Japanese", { name: "アンナのゲーム" }],
    ["no application id", { appId: "" }],
    ["8 codes", { codes: Array.from({ length: 8 }, (_, n) => codeOf(4000, `10.0.0.${n + 1}`)) }],
    ["the longest name", { name: "🐙".repeat(60) }],
    ["a name with = in it", { name: "a=b=c" }],
  ])("comes back from its text record: %s", (_, changes) => {
    const announcement = checkedAnnouncement(announcementOf(changes));
    const text = toText(announcement);
    expect(Math.max(...text.map(({ length }) => length))).toBeLessThanOrEqual(255);
    expect(textToAnnouncement(announcement.port, text)).toEqual(announcement);
  });

  test.each([
    ["a\tgame\r\nfor\u202eyou", "a game for you"],
    ["  \u0000 ", "Game"],
    ["half \ud800 a character", "half a character"],
    ["x".repeat(100), "x".repeat(60)],
  ])("has a name that can be shown: %j", (name, shown) => {
    const announcement = checkedAnnouncement(announcementOf({ name }));
    expect(announcement.name).toBe(shown);
    expect(textToAnnouncement(4000, toText(announcement))?.name).toBe(shown);
  });

  test("has 8 codes, when its host has more", () => {
    const codes = Array.from({ length: 20 }, (_, n) => codeOf(4000, `10.0.0.${n + 1}`));
    expect(checkedAnnouncement(announcementOf({ codes })).codes).toEqual(codes.slice(0, 8));
  });

  test.each<[Partial<Announcement>, RegExp]>([
    [{ port: 0 }, /port must be 1 to 65535, not 0/],
    [{ codes: [] }, /codes must have a LAN code/],
    [{ codes: ["K7M2QX"] }, /no LAN code of port 4000: K7M2QX/],
    [{ codes: [codeOf(4001)] }, /no LAN code of port 4000/],
    [{ nodeCount: -1 }, /nodeCount must be an integer from 0 to 9999, not -1/],
    [{ maxNodes: 0 }, /maxNodes must be an integer from 1 to 9999, not 0/],
    [{ appId: "x".repeat(65) }, /appId must have at most 64 characters/],
  ])("that no host may tell is refused: %j", (changes, message) => {
    expect(() => checkedAnnouncement(announcementOf(changes))).toThrow(message);
  });
});

describe("what strangers announce", () => {
  test.each([
    ["another version", "v", "2"],
    ["an empty name", "name", " "],
    ["a name with a control character", "name", "a\u001b[2Jb"],
    ["a name that turns the text around it", "name", "a\u202eb"],
    ["a name that is too long", "name", "x".repeat(61)],
    ["a count that is no number", "n", "2e3"],
    ["a negative count", "n", "-1"],
    ["a huge count", "n", "99999"],
    ["room for nobody", "max", "0"],
    ["no code", "c", ""],
    ["a code that is none", "c", "K7M2QX"],
    ["a code of another port", "c", codeOf(4001)],
    ["a code of a multicast address", "c", codeOf(4000, "224.0.0.251")],
    ["9 codes", "c", Array.from({ length: 9 }, (_, n) => codeOf(4000, `10.0.0.${n + 1}`)).join(",")],
    ["a right and a wrong code", "c", `${codeOf(4000)},L1-`],
    ["an application id with a control character", "app", "a\u0007"],
  ])("is ignored as a whole with %s", (_, key, value) => {
    expect(withString(key, value)).toBeUndefined();
  });

  test("is ignored without one of its strings, with far too many, or in no UTF-8", () => {
    const text = toText(announcementOf());
    expect(textToAnnouncement(4000, text.slice(1))).toBeUndefined();
    expect(textToAnnouncement(4000, [])).toBeUndefined();
    expect(textToAnnouncement(4000, [...text, ...Array<Buffer>(40).fill(Buffer.from("x"))])).toBeUndefined();
    expect(textToAnnouncement(4000, [...text, Buffer.from([0x78, 0x3d, 0xff])])).toBeUndefined();
  });

  test("may have strings that we do not know, and keys in upper case", () => {
    const text = announcementToText(announcementOf()).map((each) => Buffer.from(each.replace("name=", "NAME=")));
    expect(textToAnnouncement(4000, [...text, Buffer.from("flag"), Buffer.from("new=1")])).toEqual(announcementOf());
  });

  test("has each code once, as everybody writes it", () => {
    const code = codeOf(4000);
    expect(withString("c", `${code.toLowerCase()},${code}`)?.codes).toEqual([code]);
  });
});
