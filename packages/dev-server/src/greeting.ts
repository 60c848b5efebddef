import { terminalQr, toTerminalLine } from "@clayground/lan";
import { DEFAULT_PORT, type DevServer, type DevServerOptions } from "./options.ts";

// Containers and tunnels may add dozens. The overview page has them all.
const MAX_URLS = 4;

/** What a person at the terminal is told when the server is ready. */
export function greeting(options: DevServerOptions, server: DevServer, columns: number | undefined): string {
  const { root, port = DEFAULT_PORT, https = false } = options;
  const { localUrl, lanUrls } = server;
  return [
    ...(port !== 0 && port !== server.port ? [`Port ${port} is taken, so this is port ${server.port}.`] : []),
    `Serving ${toTerminalLine(root, 1000)}`,
    "",
    `  On this machine  ${localUrl}`,
    ...lanUrls.slice(0, MAX_URLS).map((url) => `  On phones nearby ${url}`),
    "",
    ...qrCode(lanUrls[0], columns),
    lanUrls.length > 0
      ? "Everybody in this network can open it; with --host 127.0.0.1 only you can."
      : "Only this machine can open it.",
    ...(https === true
      ? [
          "Browsers warn once, because you made the certificate yourself: choose Advanced, then",
          'Proceed (Firefox: Accept the Risk; iPhones: Show Details, then "visit this website").',
        ]
      : []),
    `Who plays, and QR codes: ${localUrl}clayground/`,
    "Stop it with Ctrl-C.",
    "",
  ].join("\n");
}

/** A code for the camera of a phone, where a terminal has room for it. */
function qrCode(url: string | undefined, columns = 0): string[] {
  const code = url === undefined ? "" : terminalQr(url, columns);
  return code === "" ? [] : [code];
}
