/** Who connects: what a PeerServer reads from the query. */
export interface PeerServerClient {
  readonly id: string;
  /** A secret of this client; the same id is given back only to the same token. */
  readonly token: string;
  /** The server's key; default: the URL's own, else `"peerjs"`. */
  readonly key?: string;
}

// Scheme, authority (user, host name or [IPv6], port), path, query. A fragment is dropped.
const SIGNALING_URL = /^(wss?|https?):\/\/((?:[^\s/?#@]*@)?(?:\[[\da-f:.]+\]|[^\s/?#@:[\]]+)(?::\d{1,5})?)(\/[^\s?#]*)?(?:\?([^\s#]*))?(?:#\S*)?$/i;

/**
 * The WebSocket URL at which a signaling server takes this client, or `undefined` when `signalingUrl`
 * is malformed. `http(s)` becomes `ws(s)`; `/peerjs` is added to the path unless it ends so; query
 * parameters are kept.
 */
export function peerServerUrl(signalingUrl: string, client: PeerServerClient): string | undefined {
  const match = SIGNALING_URL.exec(signalingUrl.trim());
  if (match === null) return undefined;
  const [, scheme = "", authority = "", path = "", query = ""] = match;
  if (Number(/:(\d+)$/.exec(authority)?.[1] ?? 1) > 65535) return undefined;
  const endpoint = path.replace(/\/+$/, "").replace(/(?<!\/peerjs)$/i, "/peerjs");
  const kept = query.split("&").filter((parameter) => {
    const name = parameter.split("=", 1)[0];
    return name !== "" && name !== "id" && name !== "token" && !(name === "key" && client.key !== undefined);
  });
  const key = client.key ?? (kept.some((parameter) => /^key(=|$)/.test(parameter)) ? undefined : "peerjs");
  if (key !== undefined) kept.push(`key=${encodeURIComponent(key)}`);
  kept.push(`id=${encodeURIComponent(client.id)}`, `token=${encodeURIComponent(client.token)}`);
  return `${scheme.toLowerCase().replace("http", "ws")}://${authority}${endpoint}?${kept.join("&")}`;
}
