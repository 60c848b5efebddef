import { createConnection } from "node:net";
import type { CheckResult, Place } from "./network-table.ts";

/** Tries whether a server still takes connections, by making one and closing it; `"silent"` after `ms` or when aborted. */
export async function checkPlace({ address, port }: Place, ms: number, signal: AbortSignal): Promise<CheckResult> {
  if (signal.aborted) return "silent";
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port, family: 4 });
    const end = (result: CheckResult): void => {
      signal.removeEventListener("abort", giveUp);
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const giveUp = (): void => end("silent");
    const timer = setTimeout(giveUp, ms);
    signal.addEventListener("abort", giveUp);
    socket.on("connect", () => end("answered"));
    // EHOSTUNREACH and the like may pass; that nobody listens there may not.
    socket.on("error", (error: NodeJS.ErrnoException) => end(error.code === "ECONNREFUSED" ? "refused" : "silent"));
  });
}
