import { connect } from "node:net";
import { WebSocket } from "ws";
import { describe, expect, test } from "vitest";
import { NearbyGames } from "../src/overview/nearby-games.ts";
import { overviewStatus, type NearbyGame, type OverviewState } from "../src/overview/overview-status.ts";
import { ManualClock } from "./manual-clock.ts";
import { start } from "./running.ts";

const GAME: NearbyGame = {
  name: "Anna's <b>game</b>",
  code: "L1H9U1VM-102H",
  nodeCount: 2,
  maxNodes: 4,
  appId: "org.example.tag",
};

/** A search that finds what a test tells it to. */
class Search {
  signal: AbortSignal | undefined;
  started = 0;
  #found: ((games: readonly NearbyGame[]) => void) | undefined;

  find(...games: NearbyGame[]): Promise<void> {
    this.#found?.(games);
    return new Promise((resolve) => setImmediate(resolve));
  }

  async *discover(signal: AbortSignal): AsyncGenerator<readonly NearbyGame[]> {
    this.signal = signal;
    this.started++;
    while (!signal.aborted) yield await new Promise<readonly NearbyGame[]>((found) => (this.#found = found));
  }
}

function nearbyGames(): { search: Search; clock: ManualClock; games: NearbyGames } {
  const search = new Search();
  const clock = new ManualClock();
  return { search, clock, games: new NearbyGames((signal) => search.discover(signal), clock) };
}

describe("the games nearby", () => {
  test("are looked for when somebody asks, and known when they are found", async () => {
    const { search, games } = nearbyGames();
    expect(search.started).toBe(0);
    expect(games.list()).toBeUndefined();
    await search.find(GAME);
    expect(games.list()).toEqual([GAME]);
    await search.find();
    expect(games.list()).toEqual([]);
    expect(search.started).toBe(1);
    games.close();
  });

  test("are looked for no longer than 10 s after the last question, and anew after the next", async () => {
    const { search, clock, games } = nearbyGames();
    games.list();
    await search.find(GAME);
    clock.pass(9999);
    games.list();
    clock.pass(9999);
    expect(search.signal?.aborted).toBe(false);
    clock.pass(1);
    expect(search.signal?.aborted).toBe(true);
    expect(clock.waiting).toBe(0);
    // What was known then may be wrong now.
    expect(games.list()).toBeUndefined();
    expect(search.started).toBe(2);
    games.close();
  });

  test("are not looked for any more when the server ends", () => {
    const { search, clock, games } = nearbyGames();
    games.list();
    games.close();
    expect([search.signal?.aborted, clock.waiting]).toEqual([true, 0]);
  });

  test("are not looked for by a request that comes while the server ends", async ({ onTestFinished }) => {
    const { port, close } = await start({ host: "0.0.0.0" });
    const client = new WebSocket(`ws://127.0.0.1:${port}/peerjs?key=peerjs&id=a&token=b`);
    const request = connect(port, "127.0.0.1");
    onTestFinished(() => {
      client.terminate();
      request.destroy();
    });
    request.write("GET /clayground/status.json HTTP/1.1\r\nHost: localhost\r\n");
    await new Promise((resolve) => client.once("message", resolve));
    // It does not answer the server's good-bye, so the server waits for it.
    client.pause();
    const closed = close();
    request.write("\r\n");
    const answer = await new Promise<Buffer>((resolve) => request.once("data", resolve));
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 [^]*"nearby":"searching"/);
    await closed;
    // What was closed is gone when the event loop has come around.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(process.getActiveResourcesInfo().filter((each) => each.startsWith("UDP"))).toEqual([]);
  });

  test("are in the page's data: found, not found yet, or not looked for", () => {
    const state: OverviewState = { name: "arena", urls: { local: "http://localhost:8090/", lan: [] }, peers: () => [] };
    expect(overviewStatus({ ...state, nearby: () => [GAME] }).nearby).toEqual([GAME]);
    expect(overviewStatus({ ...state, nearby: () => undefined }).nearby).toBe("searching");
    expect(overviewStatus(state).nearby).toBe("off");
  });
});
