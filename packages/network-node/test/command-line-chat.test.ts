import { MemoryNetwork } from "@clayground/network/testing";
import { expect, test } from "vitest";
import { Chat } from "../src/command-line/chat.ts";
import { Network } from "../src/index.ts";

async function pair(): Promise<{
  net: MemoryNetwork;
  host: { network: Network; chat: Chat; lines: string[] };
  joiner: { network: Network; chat: Chat; lines: string[] };
}> {
  const net = new MemoryNetwork();
  const person = (name: string): { network: Network; chat: Chat; lines: string[] } => {
    const network = new Network({ platform: net.platform(name) });
    const lines: string[] = [];
    return { network, chat: new Chat(network, name, (line) => lines.push(line)), lines };
  };
  const [host, joiner] = [person("Anna"), person("Ben")];
  await net.until(joiner.network.join(await net.until(host.network.host())));
  await net.advance(10);
  return { net, host, joiner };
}

test("who comes, what he says, how he is called, and that he left", async () => {
  const { net, host, joiner } = await pair();
  const id = joiner.network.nodeId;
  expect(joiner.chat.typed(" hello everybody ")).toBe(true);
  await net.advance(10);
  joiner.network.leave();
  await net.advance(2000);
  expect(host.lines).toEqual([
    `* ${id} is here, 2 are here`,
    `Ben (${id}): hello everybody`,
    `* Ben (${id}) left, nobody else is here`,
  ]);
});

test("/who says how each is reached and how fast", async () => {
  const { net, host, joiner } = await pair();
  await net.advance(5000);
  joiner.chat.typed("/who");
  expect(joiner.lines.slice(-2)).toEqual([
    `  ${joiner.network.nodeId} (you)`,
    `  ${host.network.nodeId}, the host, directly, 2 ms`,
  ]);
});

test("/quit ends it, any other /word is explained, nothing typed is nothing said", async () => {
  const { net, host, joiner } = await pair();
  expect([joiner.chat.typed("/quit"), joiner.chat.typed("/help"), joiner.chat.typed("  ")]).toEqual([
    false,
    true,
    true,
  ]);
  expect(joiner.lines.at(-1)).toContain("/quit leaves");
  const before = host.lines.length;
  await net.advance(100);
  expect(host.lines.length).toBe(before);
});

test("whoever types more than is sent is told so", async () => {
  const { net, host, joiner } = await pair();
  joiner.chat.typed("x".repeat(501));
  expect(joiner.lines.at(-1)).toBe("* Only the first 500 characters are sent");
  await net.advance(10);
  expect(host.lines.at(-1)).toMatch(/: x{500}$/);
});

test("of nodes that a host makes up, no names are kept", async () => {
  const { joiner } = await pair();
  const listeners = new Map<string, (from: string, data: unknown) => void>();
  const on = (name: string, listener: (from: string, data: unknown) => void): void =>
    void listeners.set(name, listener);
  const lines: string[] = [];
  const network = { on, nodes: joiner.network.nodes, isHost: false } as unknown as Network;
  expect(new Chat(network, undefined, (line) => lines.push(line))).toBeDefined();
  listeners.get("messageReceived")?.("ghost", { chat: "one", name: "Ghost" });
  listeners.get("messageReceived")?.("ghost", { chat: "two" });
  expect(lines).toEqual(["Ghost (ghost): one", "ghost: two"]);
});

test.each([
  [{ chat: "\u001B[2Jgone\u0007", name: "\u001B]0;root\u0007" }, /^[^\p{Cc}]*gone[^\p{Cc}]*$/u],
  [{ level: 3 }, /: {"level":3}$/],
  [null, /: null$/],
  ["text", /: "text"$/],
  [{ chat: 7, name: 8 }, /: {"chat":7,"name":8}$/],
])("%j from another program is one harmless line", async (data, expected) => {
  const { net, host, joiner } = await pair();
  joiner.network.broadcast(data);
  await net.advance(10);
  expect(host.lines.at(-1)).toMatch(expected);
});
