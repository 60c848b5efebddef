import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "puppeteer-core";
import { launchBrowser } from "../browser.ts";
import type { BrowserChoice } from "../browser.ts";
import { compiledAgent } from "../compile-agent.ts";
import type { LanHost } from "./lan-host.ts";

/** A browser on a host of the LAN. Chromium is driven over a pipe, Firefox through a port that leads there. */
export async function launchOnHost(host: LanHost, choice: BrowserChoice): Promise<Browser> {
  const wrap = (program: string): string => wrapper(host, program);
  const debuggingPort = choice.kind === "firefox" ? await leadLoopbackTo(host) : 0;
  return launchBrowser(choice, { wrap, debuggingPort });
}

/** Puppeteer starts one program without arguments of ours. */
function wrapper(host: LanHost, program: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "clayground-lan-")), "browser");
  writeFileSync(file, `#!/bin/sh\nexec ${host.launcher.join(" ")} "${program}" "$@"\n`, { mode: 0o755 });
  return file;
}

/** A socket stays in the network in which it was made: this listens here, and a process there answers it. */
async function leadLoopbackTo(host: LanHost): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const [execPath = "", ...execArgv] = [...host.launcher, process.execPath];
  const relay = fork(compiledAgent("port-relay.js"), [String(port)], { execPath, execArgv });
  host.keep(relay);
  relay.send("listen", server);
  await once(relay, "message");
  server.close();
  return port;
}
