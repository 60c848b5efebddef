import { describe, expect, test } from "vitest";
import { offerTo, Scene } from "./scene.ts";

const EXPIRED_FOR_B = '2 {"type":"EXPIRE","src":"A","dst":"B"}';

describe("messages for somebody who is not here", () => {
  test("[S30] a code that nobody hosts is answered after a second, once for all messages", () => {
    const scene = new Scene();
    scene.connect(2, "B");
    expect(scene.send(2, offerTo("A"))).toEqual([]);
    expect(scene.send(2, { type: "CANDIDATE", dst: "A" })).toEqual([]);
    expect(scene.after(999)).toEqual([]);
    expect(scene.after(1)).toEqual([EXPIRED_FOR_B]);
    expect(scene.after(10_000)).toEqual([]);
    expect(scene.realm.waiting.length).toBe(0);
  });

  test("[S30] who connects within that second gets them in order, after OPEN", () => {
    const scene = new Scene();
    scene.connect(2, "B");
    scene.send(2, offerTo("A"));
    scene.send(2, { type: "CANDIDATE", dst: "A", payload: 2 });
    scene.after(500);
    expect(scene.connect(1, "A")).toEqual([
      '1 {"type":"OPEN"}',
      '1 {"type":"OFFER","src":"B","dst":"A","payload":{"n":1}}',
      '1 {"type":"CANDIDATE","src":"B","dst":"A","payload":2}',
    ]);
    expect(scene.after(10_000)).toEqual([]);
  });

  test("[S31] for somebody who was here a moment ago they wait until 5 s after he went", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B");
    scene.disconnect(1, false);
    scene.after(2000);
    scene.send(2, offerTo("A"));
    expect(scene.after(2999)).toEqual([]);
    expect(scene.after(1)).toEqual([EXPIRED_FOR_B]);
  });

  test("[S31] they never wait less than a second", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B");
    scene.disconnect(1);
    scene.after(4900);
    scene.send(2, offerTo("A"));
    expect(scene.after(999)).toEqual([]);
    expect(scene.after(1)).toEqual([EXPIRED_FOR_B]);
  });

  test("[S30] LEAVE does not wait, and a sender who is gone is told nothing", () => {
    const scene = new Scene();
    scene.connect(2, "B");
    scene.send(2, { type: "LEAVE", dst: "A" });
    expect(scene.realm.isWaiting).toBe(false);
    scene.send(2, offerTo("A"));
    scene.disconnect(2);
    expect(scene.after(1000)).toEqual([]);
  });

  test("[S32] what finds no room is answered at once", () => {
    const byNumber = new Scene({ maxWaitingPerPeer: 2 });
    byNumber.connect(2, "B");
    byNumber.send(2, offerTo("A"));
    byNumber.send(2, offerTo("A"));
    expect(byNumber.send(2, offerTo("A"))).toEqual([EXPIRED_FOR_B]);
    expect(byNumber.send(2, offerTo("C"))).toEqual([]);

    const byLength = new Scene({ maxWaitingLength: 100 });
    byLength.connect(2, "B");
    byLength.send(2, offerTo("A"));
    expect(byLength.send(2, offerTo("A"))).toEqual([EXPIRED_FOR_B]);
    expect(byLength.realm.waiting.length).toBeLessThanOrEqual(100);
    expect(byLength.counters.refused["waiting-full"]).toBe(1);
  });

  test("[S52] one absent id cannot take the room of all", () => {
    const scene = new Scene({ maxWaitingLengthPerPeer: 100 });
    scene.connect(2, "B");
    scene.send(2, offerTo("A"));
    expect(scene.send(2, offerTo("A"))).toEqual([EXPIRED_FOR_B]);
    expect(scene.send(2, offerTo("C"))).toEqual([]);
    expect(scene.realm.waiting).toMatchObject({ peers: 2, messages: 2 });
  });

  test("[S52] the room for an id is counted in bytes", () => {
    const scene = new Scene({ maxWaitingLengthPerPeer: 100 });
    scene.connect(2, "B");
    scene.send(2, { type: "X", dst: "A", payload: "x".repeat(40) });
    expect(scene.realm.waiting.length).toBe(85);
    expect(scene.send(2, { type: "X", dst: "C", payload: "€".repeat(40) })).toEqual([
      '2 {"type":"EXPIRE","src":"C","dst":"B"}',
    ]);
  });

  test("[S52] one sender fills a quarter of the room for an id: others reach it, too", () => {
    const byNumber = new Scene({ maxWaitingPerPeer: 8 });
    byNumber.connect(2, "B");
    byNumber.connect(3, "C");
    for (let i = 0; i < 2; i++) expect(byNumber.send(2, offerTo("A"))).toEqual([]);
    expect(byNumber.send(2, offerTo("A"))).toEqual([EXPIRED_FOR_B]);
    expect(byNumber.send(3, offerTo("A"))).toEqual([]);

    const byLength = new Scene({ maxWaitingLengthPerPeer: 800 });
    byLength.connect(2, "B");
    byLength.connect(3, "C");
    const long = { type: "X", dst: "A", payload: "x".repeat(100) };
    expect(byLength.send(2, long)).toEqual([]);
    expect(byLength.send(2, long)).toEqual([EXPIRED_FOR_B]);
    expect(byLength.send(3, long)).toEqual([]);
  });

  test("[S52] the clients of one address fill an eighth of all room", () => {
    const scene = new Scene({ maxWaitingLength: 1600 });
    scene.connect(2, "B");
    scene.connect(3, "C");
    scene.connect(4, "D", {}, "192.0.2.2");
    const long = (dst: string): object => ({ type: "X", dst, payload: "x".repeat(100) });
    expect(scene.send(2, long("A"))).toEqual([]);
    expect(scene.send(3, long("E"))).toEqual(['3 {"type":"EXPIRE","src":"E","dst":"C"}']);
    expect(scene.send(4, long("E"))).toEqual([]);
    // What has waited makes room.
    scene.after(1000);
    expect(scene.send(3, long("E"))).toEqual([]);
  });

  test("[S38] what waited comes as far as its receiver has room; the rest is answered", () => {
    const scene = new Scene();
    scene.connect(2, "B");
    scene.connect(3, "C");
    scene.send(2, offerTo("A"));
    scene.send(3, offerTo("A"));
    scene.send(2, offerTo("A"));
    scene.realm.roomOf = (socket) => (socket === 1 ? 60 : Infinity);
    expect(scene.connect(1, "A")).toEqual([
      '1 {"type":"OPEN"}',
      '1 {"type":"OFFER","src":"B","dst":"A","payload":{"n":1}}',
      '1 {"type":"OFFER","src":"C","dst":"A","payload":{"n":1}}',
      EXPIRED_FOR_B,
    ]);
    expect(scene.counters).toMatchObject({ delivered: 2, expired: 1, refused: { "waiting-full": 1 } });
  });

  test("[S32] who waits longer for one that has just left delays nobody", () => {
    const scene = new Scene();
    scene.connect(1, "A");
    scene.connect(2, "B");
    scene.disconnect(1, false);
    scene.send(2, offerTo("A"));
    scene.send(2, offerTo("X"));
    expect(scene.after(1000)).toEqual(['2 {"type":"EXPIRE","src":"X","dst":"B"}']);
    expect(scene.after(4000)).toEqual([EXPIRED_FOR_B]);
  });
});
