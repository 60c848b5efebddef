import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CandidateHold } from "../src/candidate-hold.ts";
import { readCandidate } from "../src/ice-candidate.ts";
import type { UsableCandidate } from "../src/ice-candidate.ts";

function candidate(type: string, address: string): UsableCandidate {
  const usable = readCandidate(`candidate:1 1 UDP 1 ${address} 5000 typ ${type}`);
  if (!usable) throw new Error("the test's candidate is of no use");
  return usable;
}

const HOST = candidate("host", "10.0.0.2");
const SAME_BY_STUN = candidate("srflx", "10.0.0.2");
const BY_STUN = candidate("srflx", "203.0.113.7");
const BY_TURN = candidate("relay", "203.0.113.99");

describe("direct candidates", () => {
  const passed: UsableCandidate[] = [];
  let hold: CandidateHold;

  beforeEach(() => {
    vi.useFakeTimers();
    passed.length = 0;
    hold = new CandidateHold((each) => passed.push(each));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("wait, while those of STUN and TURN pass, which a NAT needs early", () => {
    for (const each of [HOST, SAME_BY_STUN, BY_STUN, BY_TURN]) hold.add(each);
    expect(passed).toEqual([BY_STUN, BY_TURN]);
  });

  test("pass once released, and so do all later ones", () => {
    hold.add(HOST);
    hold.release();
    hold.add(SAME_BY_STUN);
    expect(passed).toEqual([HOST, SAME_BY_STUN]);
  });

  test("pass by themselves after the time; a newer time replaces the older", () => {
    hold.add(HOST);
    hold.releaseIn(1000);
    hold.releaseIn(150);
    vi.advanceTimersByTime(149);
    expect(passed).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(passed).toEqual([HOST]);
  });

  test("never pass once dropped, and no timer stays", () => {
    hold.add(HOST);
    hold.releaseIn(150);
    hold.drop();
    expect(vi.getTimerCount()).toBe(0);
    hold.release();
    expect(passed).toEqual([]);
  });
});
