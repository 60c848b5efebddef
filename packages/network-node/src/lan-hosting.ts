import { Console } from "node:console";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { advertise, startLanServer, terminalQr } from "@clayground/lan";
import type { Advertisement, LanServer } from "@clayground/lan";
import type { PlatformLanServer } from "@clayground/network";
import { defaultLanSettings } from "./lan-settings.ts";
import type { LanSettings } from "./lan-settings.ts";

/** What an announcement says of a network besides where it is. */
export interface Attendance {
  readonly nodeCount: number;
  readonly maxNodes: number;
}

/** Ports that servers of this program are about to let go. */
const closing = new Map<number, Promise<void>>();

/** Hosting in LAN mode: the signaling server in this program, the game's page, and the announcement. */
export class LanHosting {
  readonly settings: LanSettings = defaultLanSettings();
  /** The folder of the game's page, for the next `open`. */
  serve: string | undefined;
  readonly #attendance: () => Attendance;
  #server: LanServer | undefined;
  #advertisement: Advertisement | undefined;
  /** Until the last server closes, or could not be opened. */
  #last: Promise<void> | undefined;

  /** @param attendance who is there at the moment */
  constructor(attendance: () => Attendance) {
    this.#attendance = attendance;
  }

  /** Where the page is that the host serves; `undefined` when it serves none. */
  get pageUrl(): string | undefined {
    return this.#server?.pageUrl;
  }

  /** Opens the server; rejects with what a person should know. */
  async open(onMoved: (networkId: string) => void): Promise<PlatformLanServer> {
    const { lanPort, lanAddress } = this.settings;
    const { serve } = this;
    const before = this.#last;
    let over = (): void => {};
    this.#last = new Promise((resolve) => (over = resolve));
    await before;
    await closing.get(lanPort);
    const starting = startLanServer({
      port: lanPort,
      address: lanAddress,
      ...(serve !== undefined && { serve, files: ownLibrary() }),
      onCodeChanged: (code) => {
        this.#advertisement?.update({ codes: server.codes });
        onMoved(code);
        if (server.pageUrl) tell(server.pageUrl);
      },
    });
    starting.catch(over);
    const server = await starting;
    const { code: networkId, signalingUrl, hostToken: token } = server;
    this.#server = server;
    return { networkId, signalingUrl, token, close: () => this.#close(server, over) };
  }

  /** The network is there: says so to the room, and to whoever started it. */
  announce(): void {
    if (!this.#server) return;
    const { codes, port, pageUrl } = this.#server;
    const { lanName: name, appId } = this.settings;
    if (this.settings.advertise) this.#advertisement = advertise({ name, codes, port, appId, ...this.#attendance() });
    if (pageUrl) tell(pageUrl);
  }

  /** Somebody came or went. */
  changed(): void {
    this.#advertisement?.update(this.#attendance());
  }

  #close(server: LanServer, over: () => void): void {
    void this.#advertisement?.close();
    this.#advertisement = this.#server = undefined;
    const free = (): void => void closing.delete(server.port);
    closing.set(server.port, server.close().then(free, free));
    over();
  }
}

/** For whoever started the host: the address, and a code for the cameras of phones. */
function tell(pageUrl: string): void {
  const { columns, isTTY } = process.stdout;
  const code = isTTY ? terminalQr(pageUrl, columns) : "";
  // A console, unlike the stream itself, ends no program whose reader has gone.
  new Console(process.stdout).log(`Players in this network open ${pageUrl}${code && `\n\n${code}`}`);
}

/** For pages without a bundler, as on clay-dev-server; none in a program that is one file itself, as Electron's often are. */
function ownLibrary(): Record<string, string> {
  try {
    const manifest = createRequire(import.meta.url).resolve("@clayground/network/package.json");
    return { "/clayground/network.js": join(dirname(manifest), "dist/clayground-network.js") };
  } catch {
    return {};
  }
}
