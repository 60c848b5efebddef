/** Serves a game to this machine and to phones nearby, with signaling built in. */
export { runCommandLine } from "./command-line.ts";
export { DevServerError, startDevServer, type DevServer, type DevServerOptions } from "./dev-server.ts";
