import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { basename, dirname } from "node:path";
import { allowedHosts, findWrongAddress, type IsAllowedHost } from "../files/allowed-hosts.ts";
import { answer } from "../files/answers.ts";
import { insertIntoHead, metaTag } from "../files/page-head.ts";
import { serveFolder } from "../files/served-folder.ts";
import { sendFile } from "../files/static-files.ts";

/** The code for pages that the host itself serves; `invitation()` of `@clayground/network` reads it. */
const META = "clayground-network";
const SIGNALING_PATH = "/peerjs";
// A browser opens 6 connections to a host. Each answer holds a file, or a whole page in memory.
const MAX_ANSWERS_PER_ADDRESS = 32;
const MAX_ANSWERS = 256;
// Each is kept open for 75 s, in case more is asked for: who asks once on each of many would have thousands.
const MAX_KEPT_CONNECTIONS = 256;
// Who reads nothing for so long has gone, or means harm.
const STALLED_MS = 30_000;

/** What {@link GamePages} serve. */
export interface Game {
  /** The real path of the game's folder. */
  readonly root: string;
  /** Files beside it, by the path where they are asked for. */
  readonly files: ReadonlyMap<string, string>;
  /** The code that a page is given which was asked for at one of this machine's addresses. */
  readonly codeAt: (address: string) => string;
}

/** The game's page on the port of its signaling. */
export class GamePages {
  readonly #game: Game;
  readonly #isAllowed: IsAllowedHost = allowedHosts([]);
  readonly #answering = new Map<string, number>();
  readonly #kept = new Set<Socket>();
  #answers = 0;

  constructor(game: Game) {
    this.#game = game;
  }

  /** Answers a request for the game; `false`, and nothing is touched, for one that is for signaling. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean {
    const path = (request.url ?? "").split(/[?#]/, 1)[0] ?? "";
    if (path === SIGNALING_PATH || path.startsWith(`${SIGNALING_PATH}/`)) return false;
    if (!this.#keeps(request.socket)) response.setHeader("connection", "close");
    const wrong = findWrongAddress(request, this.#isAllowed, refusal);
    if (wrong !== undefined) answer(response, wrong.status, wrong.text);
    else if (!this.#begin(request, response)) refuseForNow(response);
    else void this.#serve(path, request, response);
    return true;
  }

  async #serve(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { root, files, codeAt } = this.#game;
    // On a socket for IPv6 and IPv4, the latter stand behind a prefix (RFC 4291, 2.5.5.2).
    const address = (request.socket.localAddress ?? "").replace(/^::ffff:/i, "");
    const toPage = (html: Buffer): Buffer => insertIntoHead(html, () => metaTag(META, codeAt(address)));
    const file = files.get(path);
    try {
      if (file !== undefined) sendFile(request, response, dirname(file), basename(file));
      // After a change of address, going back to the page or reloading it must bring the new code.
      else await serveFolder({ root, toPage, pageCaching: "no-store" }, request, response);
    } catch {
      // A file that vanished, or that may not be read.
      if (!response.headersSent) answer(response, 500, "Cannot read this file.\n");
      else response.destroy();
    }
  }

  /** Whether a connection may stay open after its answer. */
  #keeps(socket: Socket): boolean {
    if (this.#kept.has(socket)) return true;
    if (this.#kept.size >= MAX_KEPT_CONNECTIONS) return false;
    this.#kept.add(socket);
    socket.once("close", () => this.#kept.delete(socket));
    return true;
  }

  /** Counts an answer until it is over; `false` when there are too many already. */
  #begin(request: IncomingMessage, response: ServerResponse): boolean {
    const address = request.socket.remoteAddress ?? "";
    const own = this.#answering.get(address) ?? 0;
    if (own >= MAX_ANSWERS_PER_ADDRESS || this.#answers >= MAX_ANSWERS) return false;
    this.#answering.set(address, own + 1);
    this.#answers += 1;
    response.setTimeout(STALLED_MS, () => response.destroy());
    // Not the answer's: Node never ends one that waits behind another on its connection when that breaks.
    request.once("close", () => {
      const left = (this.#answering.get(address) ?? 1) - 1;
      if (left > 0) this.#answering.set(address, left);
      else this.#answering.delete(address);
      this.#answers -= 1;
    });
    return true;
  }
}

function refuseForNow(response: ServerResponse): void {
  response.setHeader("retry-after", "1").setHeader("connection", "close");
  answer(response, 503, "Too many files are being sent. Try again in a second.\n");
}

function refusal(name: string): string {
  return `This game does not answer to the name ${name}, so that no foreign page can pose as it.\nOpen it with the host's IP address.\n`;
}
