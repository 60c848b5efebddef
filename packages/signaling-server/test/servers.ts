import { once } from "node:events";
import { expect, onTestFinished } from "vitest";
import { createSignalingServer, type SignalingServer, type SignalingServerOptions } from "../src/index.ts";
import { EventStreamClient } from "./event-stream-client.ts";
import { RawClient } from "./raw-client.ts";

/** Starts a server that ends with the test. */
export async function start(options: SignalingServerOptions = {}): Promise<SignalingServer> {
  const server = await createSignalingServer({ port: 0, host: "127.0.0.1", ...options });
  onTestFinished(() => server.close());
  return server;
}

/** A client by WebSocket. */
export function connect(url: string, id: string, token = "t", options: object = {}): RawClient {
  return new RawClient(`${url}?key=peerjs&id=${id}&token=${token}`, options);
}

/** A client by WebSocket that has got OPEN. */
export async function connected(url: string, id: string, token = "t", options: object = {}): Promise<RawClient> {
  const client = connect(url, id, token, options);
  expect(await client.next()).toEqual({ type: "OPEN" });
  return client;
}

/** A client over plain HTTP that has got OPEN. */
export async function streamed(url: string, id: string): Promise<EventStreamClient> {
  const client = new EventStreamClient(`${url}?key=peerjs&id=${id}&token=t`);
  expect(await client.next()).toEqual({ type: "OPEN" });
  return client;
}

/** A client as existing apps are in LAN mode: no token, no key. It is nobody before it has said its first frame. */
export function lanConnect(url: string, id = "X"): RawClient {
  return new RawClient(`${url}?id=${id}`);
}

/** As {@link lanConnect}, once it has said its id and got OPEN. */
export async function lanConnected(url: string, id: string): Promise<RawClient> {
  const client = lanConnect(url, id);
  await once(client.socket, "open");
  client.send({ id });
  expect(await client.next()).toEqual({ id, type: "OPEN" });
  return client;
}
