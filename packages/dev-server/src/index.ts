/** Serves a game to this machine and to phones nearby, with signaling built in. */
export type { Certificate } from "./certificate/certificate.ts";
export { runCommandLine } from "./command-line.ts";
export { startDevServer } from "./dev-server.ts";
export { DevServerError, type DevServer, type DevServerOptions } from "./options.ts";
export type { PageReport, PageReportLevel } from "./page-console.ts";
