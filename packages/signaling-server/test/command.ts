import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../bin/clay-signaling.js", import.meta.url));
const REGISTER = new URL("from-source/register.mjs", import.meta.url).href;

/** An entry of the log, as far as it is looked at. */
export interface LogLine {
  readonly event: string;
  readonly level: string;
  readonly url?: string;
  readonly error?: string;
  readonly variable?: string;
}

/** A run of the real command, as a shell would start it; from the sources. */
export class CommandRun {
  readonly process: ChildProcess;
  readonly ended: Promise<{ code: number | null; output: string; errors: string }>;
  output = "";
  #errors = "";

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const node = ["--conditions=clayground-source", "--import", REGISTER, COMMAND];
    const env = { PATH: process.env["PATH"], ...environment };
    const child = spawn(process.execPath, [...node, ...args], { env });
    child.stdout.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (this.#errors += chunk.toString()));
    this.process = child;
    this.ended = new Promise((resolve) => {
      child.on("close", (code) => resolve({ code, output: this.output, errors: this.#errors }));
    });
  }

  /** The first log entry about `event`; rejects when the command ends without. */
  logged(event: string): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        // The last line may not be whole yet.
        const lines = this.output.split("\n").slice(0, -1);
        const entry = lines.map((line) => JSON.parse(line) as LogLine).find((each) => each.event === event);
        if (entry) resolve(entry);
      };
      look();
      this.process.stdout?.on("data", look);
      this.process.on("close", () => reject(new Error(`ended without ${event}: ${this.output}${this.#errors}`)));
    });
  }
}
