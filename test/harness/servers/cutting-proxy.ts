import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { listen } from "./loopback.ts";
import type { FixtureServer } from "./loopback.ts";

/** A way to a server that can break, as when a phone leaves the room. */
export interface CuttingProxy extends FixtureServer {
  /** Breaks every connection, without a word; new ones get through. */
  cut(): void;
}

/** Passes on TCP to a port on 127.0.0.1. */
export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  return {
    ...(await listen(server)),
    cut: () => {
      for (const socket of open) socket.resetAndDestroy();
    },
  };
}
