import { writeSync } from "node:fs";

/**
 * How existing native apps die, by the numbers of wire-protocol.md. There libdatachannel's exception is not caught, and
 * ends the process. It is the same exception here, only that each gets an exit code of its own.
 */
export const CRASH_CODES = { C1: 101, C2: 102, C3: 103, C4: 104, C5: 105 } as const;

export type Weakness = keyof typeof CRASH_CODES;

/** Dies at once, without any farewell of its own. */
export function crash(weakness: Weakness, error: unknown): never {
  const what = error instanceof Error ? error.message : String(error);
  writeSync(2, `native app died of ${weakness}: ${what}\n`);
  process.exit(CRASH_CODES[weakness]);
}
