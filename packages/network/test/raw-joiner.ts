import type { MemoryNetwork } from "../src/testing/index.ts";
import { Negotiation } from "../src/session/negotiation.ts";
import { PeerServerSignaling } from "../src/signaling/peer-server-signaling.ts";
import { PeerPath } from "../src/transport/peer-path.ts";

/** A joiner that connects as ours does, and then sends whatever a test wants. */
export interface RawJoiner {
  readonly id: string;
  /** Everything received, as text. */
  readonly received: string[];
  send(text: string): void;
  sendState(text: string): void;
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
  const received: string[] = [];
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
        frame: (data) => received.push(typeof data === "string" ? data : new TextDecoder().decode(data)),
        writable: () => {},
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
        received,
        send: (text) => path.sendReliable(text),
        sendState: (text) => path.sendState(text),
        get isClosed() {
          return isClosed;
        },
      };
    }),
  );
  await net.advance(20);
  return raw!;
}
