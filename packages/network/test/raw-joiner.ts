import { decodePacket, decodePlain, parseFrames } from "@clayground/protocol";
import type { Packet, SizedFrame } from "@clayground/protocol";
import type { MemoryNetwork } from "../src/testing/index.ts";
import { Negotiation } from "../src/session/negotiation.ts";
import { PeerServerSignaling } from "../src/signaling/peer-server-signaling.ts";
import { PeerPath } from "../src/transport/peer-path.ts";

/** A joiner that connects as ours does, and then sends whatever a test wants. */
export interface RawJoiner {
  readonly id: string;
  /** Everything received. */
  readonly packets: Packet[];
  /** The text of each. */
  readonly received: string[];
  /** All frames in it. */
  frames(): (SizedFrame | undefined)[];
  send(message: string | Uint8Array): boolean;
  sendState(message: string | Uint8Array): boolean;
  /** Whether the host has closed the connection. */
  readonly isClosed: boolean;
}

/** Joins the network by hand: as ours, as one of ours that knows no mesh, or as existing apps do, which announce nothing. */
export async function joinRaw(
  net: MemoryNetwork,
  code: string,
  id: string,
  { unannounced }: { unannounced?: boolean | "mesh" } = {},
): Promise<RawJoiner> {
  const platform = net.platform(id);
  const packets: Packet[] = [];
  let isClosed = false;
  let raw: RawJoiner | undefined;
  await net.until(
    new Promise<void>((resolve) => {
      const path: PeerPath = new PeerPath(platform, [], {
        candidate: (candidate) => negotiation.found(candidate),
        connected: () => {},
        open: () => {
          // As ours does: the host waits for it.
          path.sendReliable('{"t":"p","ts":0}');
          resolve();
        },
        message: (data) => packets.push(unannounced === true ? decodePlain(data) : decodePacket(data)),
        writable: () => {},
        stateWritable: () => {},
        closed: () => (isClosed = true),
      });
      const signaling: PeerServerSignaling = new PeerServerSignaling(
        platform,
        { url: net.signalingUrl, id },
        {
          open: () => void negotiation.dial(),
          taken: () => {},
          failed: () => {},
          lost: () => {},
          signal: (signal) => {
            if (signal.type === "ANSWER" && signal.payload.sdp) void path.answered(signal.payload.sdp.sdp);
            if (signal.type === "CANDIDATE") path.addCandidate(signal.payload.candidate);
          },
        },
      );
      const negotiation = new Negotiation(path, `${id}_${code}`, (signal) => {
        if (unannounced && signal.type === "OFFER") {
          const { clay: _ours, ...payload } = signal.payload;
          const clay = unannounced === "mesh" && { clay: { v: 1 } };
          return signaling.send({ ...signal, payload: { ...payload, ...clay }, dst: code });
        }
        signaling.send({ ...signal, dst: code });
      });
      raw = {
        id,
        packets,
        get received() {
          return packets.map(({ text }) => text);
        },
        frames: () => packets.flatMap((packet) => parseFrames(packet)),
        send: (message) => path.sendReliable(message),
        sendState: (message) => path.sendState(message),
        get isClosed() {
          return isClosed;
        },
      };
    }),
  );
  await net.advance(20);
  return raw!;
}

/** A packet of one frame of mail, as its sender or the host writes it: with another packet inside. */
export function mail(head: string, inner: string): string {
  return `${head.slice(0, -1)},"x":${inner.split("\n").length}}\n${inner}`;
}
