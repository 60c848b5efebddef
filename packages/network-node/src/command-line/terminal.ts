import { toTerminalLine } from "@clayground/lan";
import type { NetworkError } from "@clayground/network";

/** What the command shows. */
export interface Terminal {
  write(line: string): void;
  error(error: NetworkError): void;
  mistake(message: string): void;
  /** Aborts when nobody reads any more what is written. */
  readonly unread: AbortSignal;
}

/** The terminal of this process. */
export function createTerminal(): Terminal {
  const gone = new AbortController();
  // Who reads it may have gone; the others in the network go on.
  process.stdout.on("error", () => gone.abort());
  process.stderr.on("error", () => undefined);
  const complain = (text: string): void =>
    void process.stderr.write(`clayground-play: ${toTerminalLine(text, 1000)}\n`);
  return {
    write: (line) => void process.stdout.write(`${line}\n`),
    error: ({ message, hint }) => complain(`${message}. ${hint}`),
    mistake: complain,
    unread: gone.signal,
  };
}
