import { spawn } from "node:child_process";
import type { TestContext } from "vitest";

/** A command as a person has it in a terminal. */
export interface CommandRun {
  /** Resolves with the first match in all that it has written so far; rejects when it ends without. */
  wrote(pattern: RegExp): Promise<RegExpExecArray>;
  /** Types a line. */
  type(line: string): void;
  /** As Ctrl-C does, or another signal. */
  interrupt(signal?: NodeJS.Signals): void;
  /** As a pipe to a program that has ended. */
  stopReading(): void;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

/**
 * Runs a program of Node with these arguments; it is killed after the test, which may be one of several at once.
 *
 * @param launcher what to put before the command, so that it runs elsewhere
 */
export function runCommand(
  test: TestContext,
  program: string,
  args: readonly string[],
  launcher: readonly string[] = [],
): CommandRun {
  const [command = "", ...rest] = [...launcher, process.execPath, program, ...args];
  const child = spawn(command, rest);
  test.onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, output }));
  });
  return {
    wrote: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output);
          if (match) resolve(match);
        };
        look();
        for (const stream of [child.stdout, child.stderr]) stream.on("data", look);
        child.on("close", () => reject(new Error(`ended without ${pattern}: ${output}`)));
      }),
    type: (line) => void child.stdin.write(`${line}\n`),
    interrupt: (signal = "SIGINT") => void child.kill(signal),
    stopReading: () => void child.stdout.destroy(),
    ended,
  };
}
