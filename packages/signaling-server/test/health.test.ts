import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { answerHealth } from "../src/health.ts";

let draining = false;
const server = createServer((request, response) => {
  if (!answerHealth(request, response, () => draining)) response.writeHead(404).end();
});
afterEach(() => void server.close());

test("/healthz says 200 ok, and 503 draining for a load balancer to send nobody more", async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = async (path: string, method = "GET"): Promise<[number, string]> => {
    const response = await fetch(url + path, { method });
    return [response.status, await response.text()];
  };
  expect(await get("/healthz")).toEqual([200, "ok\n"]);
  draining = true;
  expect(await get("/healthz?probe=1")).toEqual([503, "draining\n"]);
  expect(await get("/healthz", "HEAD")).toEqual([503, ""]);
  expect(await get("/healthz", "POST")).toEqual([404, ""]);
  expect(await get("/healthzz")).toEqual([404, ""]);
});
