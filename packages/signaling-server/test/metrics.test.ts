import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { register } from "prom-client";
import { afterEach, describe, expect, test } from "vitest";
import { answerMetrics, isPrivateAddress, type MetricsAccess } from "../src/command-line/metrics-requests.ts";
import { createMetrics } from "../src/metrics.ts";
import { COUNTED_TYPES, REFUSALS } from "../src/statistics.ts";
import { makeStatistics } from "./statistics.ts";

/** The samples of our own metrics, as `name{labels} value`. */
function samplesIn(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.startsWith("clayground_"));
}

describe("/metrics", () => {
  test("has each of the server's numbers, in Prometheus' text format", async () => {
    const text = await createMetrics(() => makeStatistics()).render();
    expect(samplesIn(text)).toEqual([
      'clayground_signaling_clients{transport="websocket"} 7',
      'clayground_signaling_clients{transport="http"} 3',
      "clayground_signaling_waiting_peers 11",
      "clayground_signaling_waiting_messages 12",
      "clayground_signaling_waiting_bytes 13",
      "clayground_signaling_draining 0",
      "clayground_signaling_accepted_total 14",
      "clayground_signaling_replaced_total 15",
      ...REFUSALS.map((reason, index) => `clayground_signaling_refused_total{reason="${reason}"} ${100 + index}`),
      ...COUNTED_TYPES.map((type, index) => `clayground_signaling_messages_total{type="${type}"} ${200 + index}`),
      "clayground_signaling_delivered_total 16",
      "clayground_signaling_expired_total 17",
      "clayground_signaling_dropped_total 18",
      "clayground_signaling_received_bytes_total 19",
      "clayground_signaling_sent_bytes_total 20",
    ]);
    expect(text).toContain("# TYPE clayground_signaling_clients gauge\n");
    expect(text).toContain("# TYPE clayground_signaling_refused_total counter\n");
    expect(text).toContain("# TYPE process_resident_memory_bytes gauge\n");
    expect(text).toContain("# TYPE nodejs_eventloop_lag_p99_seconds gauge\n");
    // Those that go through every socket.
    expect(text).not.toMatch(/nodejs_active_(?:handles|requests|resources)/);
  });

  test("is read anew each time, once for all numbers of an answer", async () => {
    let offset = -1;
    const metrics = createMetrics(() => makeStatistics(++offset));
    expect(samplesIn(await metrics.render())).toContain("clayground_signaling_accepted_total 15");
    const later = samplesIn(await metrics.render());
    expect(later).toContain("clayground_signaling_accepted_total 16");
    expect(later).toContain("clayground_signaling_sent_bytes_total 22");
    expect(later).toContain("clayground_signaling_draining 1");
  });

  test("of two servers in one process do not mix, and prom-client's global registry stays empty", async () => {
    const one = createMetrics(() => makeStatistics());
    const other = createMetrics(() => makeStatistics(1000));
    expect(samplesIn(await one.render())).toContain("clayground_signaling_waiting_peers 11");
    expect(samplesIn(await other.render())).toContain("clayground_signaling_waiting_peers 1011");
    expect(register.getMetricsAsArray()).toEqual([]);
  });
});

describe("who may read /metrics", () => {
  const undo: (() => void)[] = [];
  afterEach(() => undo.splice(0).forEach((each) => each()));

  async function ask(
    access: MetricsAccess,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; text: string }> {
    const metrics = access === "off" ? undefined : createMetrics(() => makeStatistics());
    const server = createServer((request, response) => {
      if (!answerMetrics(request, response, access, metrics)) response.writeHead(404).end();
    });
    undo.push(() => server.close());
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const asking = httpRequest({ port, path: "/metrics", headers, agent: false }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      });
      asking.on("error", reject).end();
    });
  }

  test("local: who is on this machine", async () => {
    const { status, text } = await ask("local");
    expect([status, text]).toEqual([200, expect.stringContaining("clayground_signaling_clients")]);
  });

  test.each(["x-forwarded-for", "x-forwarded-proto", "forwarded", "via", "x-real-ip", "cf-connecting-ip"])(
    "local: not who comes through a proxy (%s), and is told which flag opens it",
    async (name) => {
      const { status, text } = await ask("local", { [name]: "127.0.0.1" });
      expect([status, text]).toEqual([403, expect.stringMatching(/^[^\n]*--metrics all[^\n]*\n$/)]);
    },
  );

  test("all: through a proxy, too", async () => {
    expect(await ask("all", { "x-forwarded-for": "203.0.113.7" })).toMatchObject({ status: 200 });
  });

  test("off: nobody", async () => {
    expect(await ask("off")).toMatchObject({ status: 404 });
  });

  test.each([
    "127.0.0.1",
    "::1",
    "::ffff:10.1.2.3",
    "172.31.0.9",
    "192.168.1.1",
    "fd00::5",
    "fe80::1%eth0",
    "169.254.1.1",
  ])("%s is this machine or a private network", (address) => expect(isPrivateAddress(address)).toBe(true));

  test.each([
    "203.0.113.7",
    "::ffff:203.0.113.7",
    "172.32.0.1",
    "192.169.0.1",
    "2001:db8::1",
    "11.0.0.1",
    "",
    "nonsense",
    undefined,
  ])("%s is not", (address) => expect(isPrivateAddress(address)).toBe(false));
});
