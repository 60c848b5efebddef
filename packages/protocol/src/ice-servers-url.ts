import { peerServerUrl } from "./peer-server-url.ts";

/** The part of the URL standard that is used; every runtime has it, but this package knows no runtime's types. */
declare const URL: new (url: string) => {
  protocol: string;
  pathname: string;
  readonly searchParams: { get(name: string): string | null; delete(name: string): void };
};

/**
 * Where a signaling server of this project hands out ICE servers (SPEC.md, S54), or `undefined` when `signalingUrl` is
 * malformed.
 */
export function iceServersUrl(signalingUrl: string): string | undefined {
  const socketUrl = peerServerUrl(signalingUrl, { id: "A", token: "A" });
  if (socketUrl === undefined) return undefined;
  const url = new URL(socketUrl.replace(/^ws/, "http"));
  const { searchParams } = url;
  url.pathname += `/${encodeURIComponent(searchParams.get("key") ?? "")}/ice`;
  // What else the URL says stays: a server's own check may need it.
  for (const own of ["key", "id", "token"]) searchParams.delete(own);
  return String(url);
}
