import { peerServerUrl } from "./peer-server-url.ts";

/** The part of the URL standard that is used; every runtime has it, but this package knows no runtime's types. */
declare const URL: new (url: string) => {
  readonly protocol: string;
  readonly host: string;
  readonly pathname: string;
  readonly searchParams: { get(name: string): string | null };
};

/**
 * Where a signaling server of this project hands out ICE servers (SPEC.md, S54), or `undefined` when `signalingUrl` is
 * malformed.
 */
export function iceServersUrl(signalingUrl: string): string | undefined {
  const socketUrl = peerServerUrl(signalingUrl, { id: "A", token: "A" });
  if (socketUrl === undefined) return undefined;
  const { protocol, host, pathname, searchParams } = new URL(socketUrl);
  return `${protocol.replace("ws", "http")}//${host}${pathname}/${encodeURIComponent(searchParams.get("key") ?? "")}/ice`;
}
