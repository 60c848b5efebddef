import { onTestFinished } from "vitest";
import { startLanServer, type LanServer, type LanServerOptions } from "../src/index.ts";
import { RawClient } from "../../signaling-server/test/raw-client.ts";
import { NetworkCards } from "./network-cards.ts";

/** A LAN server for programs on this machine alone, closed after the test. */
export async function start(options: LanServerOptions = {}): Promise<LanServer> {
  const server = await startLanServer({ address: "127.0.0.1", ...options });
  onTestFinished(() => server.close());
  return server;
}

/** The same with interfaces that a test makes up; it listens on all addresses, as with real ones. */
export function startOn(
  cards: Readonly<Record<string, readonly string[]>>,
  options: LanServerOptions = {},
): Promise<LanServer> {
  return start({ address: "", interfaces: new NetworkCards(cards).list, ...options });
}

/** Connects a client of signaling; `query` as in `key=peerjs&id=a&token=b`. */
export function connect(url: string, query: string): RawClient {
  const client = new RawClient(`${url}?${query}`);
  onTestFinished(() => client.socket.terminate());
  return client;
}
