import { readFileSync } from "node:fs";

/** One step of a session that existing apps had with a server. */
export interface Recorded {
  readonly scenario: string;
  readonly conn: number;
  readonly dir: "upgrade" | "client->server" | "server->client";
  readonly op?: string;
  readonly url: string;
  readonly data: string;
}

const VECTORS = new URL("../../protocol/test/vectors/signaling.jsonl", import.meta.url);
/** All sessions, step by step. */
export const recorded: readonly Recorded[] = readFileSync(VECTORS, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);
