/** Who connects: what a PeerServer reads from the query. */
export interface PeerServerClient {
  readonly id: string;
  /** A secret of this client; the same id is given back only to the same token. */
  readonly token: string;
  /** The server's key; default: the URL's own, else `"peerjs"`. */
  readonly key?: string;
}

/** The part of the URL standard that is used; every runtime has it, but this package knows no runtime's types. */
declare const URL: new (url: string) => {
  protocol: string;
  pathname: string;
  hash: string;
  readonly searchParams: { get(name: string): string | null; set(name: string, value: string): void };
};

/**
 * The WebSocket URL at which a signaling server takes this client, or `undefined` when `signalingUrl`
 * is malformed. `http(s)` becomes `ws(s)`; `/peerjs` is added to the path unless it ends so; query
 * parameters are kept.
 */
export function peerServerUrl(signalingUrl: string, client: PeerServerClient): string | undefined {
  // The standard forgives "ws:host" and "ws:///host"; whoever wrote that meant something else.
  if (!/^\s*(?:ws|http)s?:\/\/[^/?#]/i.test(signalingUrl)) return undefined;
  try {
    const url = new URL(signalingUrl);
    url.protocol = url.protocol.replace("http", "ws");
    url.pathname = url.pathname.replace(/(?:\/peerjs)?\/*$/, "/peerjs");
    url.hash = "";
    const { searchParams } = url;
    searchParams.set("key", client.key ?? searchParams.get("key") ?? "peerjs");
    searchParams.set("id", client.id);
    searchParams.set("token", client.token);
    return String(url);
  } catch {
    return undefined;
  }
}
