import { onTestFinished } from "vitest";
import { startDevServer, type DevServer, type DevServerOptions } from "../src/index.ts";
import { Project } from "../../lan/test/project.ts";

/** A project with a start page, removed after the test. */
export function makeProject(): Project {
  const project = new Project();
  onTestFinished(() => project.remove());
  project.write("index.html", "<head></head><p>Hello");
  return project;
}

/** A server on this machine that is closed after the test; without reload, because only some need a watcher. */
export async function start(options: Partial<DevServerOptions> = {}): Promise<DevServer> {
  const root = options.root ?? makeProject().root;
  const server = await startDevServer({ port: 0, host: "127.0.0.1", reload: false, ...options, root });
  onTestFinished(() => server.close());
  return server;
}
