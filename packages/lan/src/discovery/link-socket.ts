import { createSocket } from "node:dgram";
import type { Link } from "./links.ts";

/** What happens at one interface. */
export interface LinkListener {
  /** It can be used from now on. */
  onReady(link: Link): void;
  onPacket(link: Link, bytes: Buffer, source: string): void;
  /** It cannot be used any more, or never could; it is closed. */
  onFailed(link: Link, error: Error): void;
}

/** A socket that speaks and hears mDNS at one interface. */
export interface LinkSocket {
  /** Sends to everybody there, when it is ready; resolves when the packet is out, or with what was wrong. */
  send(bytes: Uint8Array): Promise<Error | undefined>;
  /** Joins the group again in case the system forgot: an interface that was gone for a moment. */
  rejoin(): void;
  close(): void;
}

const GROUP = "224.0.0.251";
/** Both as source and destination: RFC 6762, 6 has others ignore answers from elsewhere. */
const PORT = 5353;

/**
 * Opens it. With `isBackground`, it does not keep the program alive.
 *
 * The socket is bound to every address, because one that is bound to the interface's own hears no multicast on Linux.
 * So each socket hears what all of them do: the listener takes only what comes from its own link.
 */
export function openLinkSocket(link: Link, listener: LinkListener, isBackground: boolean): LinkSocket {
  // Others on this machine, such as Avahi, have the same port.
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  let state: "opening" | "ready" | "closed" = "opening";

  const close = (): void => {
    if (state === "closed") return;
    state = "closed";
    socket.close();
  };
  const fail = (error: Error): void => {
    if (state === "closed") return;
    close();
    listener.onFailed(link, error);
  };

  socket.on("error", fail);
  socket.on("message", (bytes, { address, port }) => {
    // Another port is a simple resolver's (RFC 6762, 6.7). It wants an answer of its own, which an attacker could direct.
    if (state === "ready" && port === PORT) listener.onPacket(link, bytes, address);
  });
  socket.on("listening", () => {
    try {
      socket.addMembership(GROUP, link.address);
      socket.setMulticastInterface(link.address);
      socket.setMulticastTTL(255);
      // Others may be on this machine, too.
      socket.setMulticastLoopback(true);
    } catch (error) {
      return fail(toError(error));
    }
    state = "ready";
    listener.onReady(link);
  });
  if (isBackground) socket.unref();
  // In a cluster, each worker has its own.
  socket.bind({ port: PORT, exclusive: true });

  return {
    send: (bytes) =>
      new Promise((resolve) => {
        if (state !== "ready") return resolve(undefined);
        socket.send(bytes, PORT, GROUP, (error) => resolve(state === "closed" ? undefined : (error ?? undefined)));
      }),
    rejoin() {
      try {
        if (state === "ready") socket.addMembership(GROUP, link.address);
      } catch {
        // It is a member, as nearly always; or the interface is gone, which the next look finds.
      }
    },
    close,
  };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
