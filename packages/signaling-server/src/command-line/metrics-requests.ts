import type { IncomingMessage, ServerResponse } from "node:http";
import { BlockList, isIP } from "node:net";
import { requestPath } from "../endpoint.ts";
import type { SignalingMetrics } from "../metrics.ts";

/** Who may read `/metrics`: who is on this machine or in a private network, everybody, nobody. */
export type MetricsAccess = "local" | "all" | "off";

const REFUSED =
  "Metrics are for this machine and private networks, not through a proxy; --metrics all shows them to everybody.\n";

/** What a proxy adds to a request, whose real sender may be anybody. */
const PROXY_HEADERS = /^(?:forwarded|via|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip|cf-.*)$/;

/**
 * Answers `GET /metrics`. Returns `false`, and touches nothing, when the request is for something else.
 * `metrics` is left out when nobody may read them.
 */
export function answerMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  access: MetricsAccess,
  metrics: SignalingMetrics | undefined,
): boolean {
  if (request.method !== "GET" || requestPath(request.url) !== "/metrics" || !metrics) return false;
  const text = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  if (access === "local" && !isLocal(request)) {
    response.writeHead(403, text).end(REFUSED);
    return true;
  }
  void metrics.render().then(
    (body) => response.writeHead(200, { ...text, "content-type": metrics.contentType }).end(body),
    (error: unknown) => response.writeHead(500, text).end(`${error}\n`),
  );
  return true;
}

function isLocal(request: IncomingMessage): boolean {
  if (Object.keys(request.headers).some((name) => PROXY_HEADERS.test(name))) return false;
  return isPrivateAddress(request.socket.remoteAddress);
}

const PRIVATE_NETWORKS = privateNetworks();

/** Whether an address is a loopback, private (RFC 1918, RFC 4193) or link-local one. */
export function isPrivateAddress(address = ""): boolean {
  // How a socket for both families shows IPv4; and the interface of a link-local address.
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, "").replace(/%.*/, "");
  const family = isIP(plain);
  return family !== 0 && PRIVATE_NETWORKS.check(plain, family === 6 ? "ipv6" : "ipv4");
}

function privateNetworks(): BlockList {
  const networks = new BlockList();
  networks.addSubnet("127.0.0.0", 8);
  networks.addSubnet("10.0.0.0", 8);
  networks.addSubnet("172.16.0.0", 12);
  networks.addSubnet("192.168.0.0", 16);
  networks.addSubnet("169.254.0.0", 16);
  networks.addAddress("::1", "ipv6");
  networks.addSubnet("fc00::", 7, "ipv6");
  networks.addSubnet("fe80::", 10, "ipv6");
  return networks;
}
