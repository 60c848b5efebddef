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

/** Hosting in LAN mode: the signaling server in this program, the game's page, and the announcement. */
export class LanHosting {
  readonly settings: LanSettings = defaultLanSettings();
  /** The folder of the game's page, for the next `open`. */
  serve: string | undefined;
  readonly #attendance: () => Attendance;
  #server: LanServer | undefined;
  #advertisement: Advertisement | undefined;
  /** Until the last server has let go of its port. */
  #closing: Promise<void> | undefined;

  /** @param attendance who is there at the moment */
  constructor(attendance: () => Attendance) {
    this.#attendance = attendance;
  }

  /** Where the page is that the host serves; `undefined` when it serves none. */
  get pageUrl(): string | undefined {
    return this.#server?.pageUrl;
  }

  /** Opens all; rejects with what a person should know. */
  async open(onMoved: (networkId: string) => void): Promise<PlatformLanServer> {
    const { lanPort, lanAddress, lanName, appId } = this.settings;
    await this.#closing;
    const server = await startLanServer({
      port: lanPort,
      address: lanAddress,
      ...(this.serve !== undefined && { serve: this.serve, files: ownLibrary() }),
      onCodeChanged: (code) => {
        this.#advertisement?.update({ codes: server.codes });
        onMoved(code);
        if (server.pageUrl) tell(server.pageUrl);
      },
    });
    const { code: networkId, codes, port, signalingUrl, hostToken: token } = server;
    this.#server = server;
    if (this.settings.advertise)
      this.#advertisement = advertise({ name: lanName, codes, port, appId, ...this.#attendance() });
    if (server.pageUrl) tell(server.pageUrl);
    return { networkId, signalingUrl, token, close: () => this.#close(server) };
  }

  /** Somebody came or went. */
  changed(): void {
    this.#advertisement?.update(this.#attendance());
  }

  #close(server: LanServer): void {
    if (this.#server === server) {
      void this.#advertisement?.close();
      this.#advertisement = this.#server = undefined;
    }
    this.#closing = server.close();
  }
}

/** For whoever started the host: the address, and a code for the cameras of phones. */
function tell(pageUrl: string): void {
  const { columns, isTTY } = process.stdout;
  const code = isTTY ? terminalQr(pageUrl, columns) : "";
  process.stdout.write(`Players in this network open ${pageUrl}\n${code && `\n${code}\n`}`);
}

/** For pages without a bundler, as on clay-dev-server. */
function ownLibrary(): Record<string, string> {
  const manifest = createRequire(import.meta.url).resolve("@clayground/network/package.json");
  return { "/clayground/network.js": join(dirname(manifest), "dist/clayground-network.js") };
}
