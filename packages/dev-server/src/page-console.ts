import type { IncomingMessage, ServerResponse } from "node:http";
import { answer, toTerminalLine, toTerminalLines } from "@clayground/lan";

/** Where pages report their errors. */
export const CONSOLE_PATH = "/clayground/console";

/** How bad it is, as in a browser's console; what nobody caught is an error. */
export type PageReportLevel = "error" | "warn" | "log";

/** What a page reported. Every text is bounded, and safe to print to a terminal. */
export interface PageReport {
  readonly level: PageReportLevel;
  /** The path of the page; empty when it is not known. */
  readonly page: string;
  /** What happened; may have several lines. */
  readonly text: string;
  /** The path of the script, or its URL where that is another server. */
  readonly source?: string;
  /** From 1 on. */
  readonly line?: number;
  /** From 1 on. */
  readonly column?: number;
  /** The stack's lines, without the text. */
  readonly stack?: readonly string[];
  /** How many reports were left out since the last one, because there were too many. */
  readonly skipped: number;
}

/** Most bytes of one report. */
export const MAX_REPORT_BYTES: number = 16 * 1024;
const MAX_LINES = 20;
const MAX_LINE_LENGTH = 500;
const BURST = 20;
const REPORTS_PER_SECOND = 10;
const LEVELS: readonly PageReportLevel[] = ["error", "warn", "log"];

/** Takes the errors that pages report. A page in an endless loop does not flood the terminal. */
export class PageConsole {
  readonly #report: (report: PageReport) => void;
  readonly #now: () => number;
  #allowed = BURST;
  #countedAt: number;
  #skipped = 0;

  /** @param now a clock in milliseconds */
  constructor(report: (report: PageReport) => void, now: () => number = () => performance.now()) {
    this.#report = report;
    this.#now = now;
    this.#countedAt = now();
  }

  /** Answers a `POST` to {@link CONSOLE_PATH}. */
  async handleRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST") {
      response.setHeader("allow", "POST");
      return answer(response, 405, "Only POST.\n");
    }
    if (isForeign(request)) return answer(response, 403, "Only pages of this server may report here.\n");
    if (!this.#take()) return answer(response, 429, "Too many reports.\n");
    const body = await readBody(request);
    if (body === undefined) {
      response.setHeader("connection", "close");
      return answer(response, 413, `A report has at most ${MAX_REPORT_BYTES} bytes.\n`);
    }
    const report = parseReport(body, request, this.#skipped);
    if (report === undefined) return answer(response, 400, "A report is JSON with a level and a text.\n");
    this.#skipped = 0;
    this.#report(report);
    response.writeHead(204).end();
  }

  /** One token bucket for all pages: there is one terminal. */
  #take(): boolean {
    const now = this.#now();
    this.#allowed = Math.min(BURST, this.#allowed + ((now - this.#countedAt) / 1000) * REPORTS_PER_SECOND);
    this.#countedAt = now;
    if (this.#allowed < 1) {
      this.#skipped++;
      return false;
    }
    this.#allowed--;
    return true;
  }
}

/** Any page in the browser can send a POST here; its origin tells where it comes from. */
function isForeign({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin !== undefined && origin.replace(/^https?:\/\//, "") !== host;
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  // `for await` would destroy the connection before the answer is out.
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_REPORT_BYTES) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on("end", () => resolve(Buffer.concat(chunks).toString()));
    request.on("error", reject);
    request.on("close", () => reject(new Error("the page went away")));
  });
}

function parseReport(body: string, request: IncomingMessage, skipped: number): PageReport | undefined {
  const fields = parseObject(body);
  const level = LEVELS.find((each) => each === fields?.["level"]);
  if (fields === undefined || level === undefined || typeof fields["text"] !== "string") return undefined;
  const toPath = (text: string): string =>
    text.replaceAll(request.headers.origin ?? `http://${request.headers.host ?? ""}`, "");
  const text = toTerminalLines(fields["text"], MAX_LINES, MAX_LINE_LENGTH).join("\n");
  const [url, stack, line, column] = [fields["url"], fields["stack"], fields["line"], fields["column"]];
  return {
    level,
    page: toTerminalLine(toPath(request.headers.referer ?? "").split(/[?#]/, 1)[0] ?? "", MAX_LINE_LENGTH),
    text,
    ...(typeof url === "string" && url !== "" && { source: toTerminalLine(toPath(url), MAX_LINE_LENGTH) }),
    ...(isCount(line) && { line }),
    ...(isCount(column) && { column }),
    ...(typeof stack === "string" && {
      // Chromium repeats the text in the first line, Firefox does not.
      stack: toTerminalLines(toPath(stack), MAX_LINES, MAX_LINE_LENGTH).filter(
        (each) => each.trim() !== "" && !text.includes(each.trim()),
      ),
    }),
    skipped,
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < 1e9;
}
