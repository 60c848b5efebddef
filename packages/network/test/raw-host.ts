import { decodePlain } from "@clayground/protocol";
import type { ClayAnnouncement, OfferPayload } from "@clayground/protocol";
import type { MemoryNetwork } from "../src/testing/index.ts";
import { Negotiation } from "../src/session/negotiation.ts";
import { PeerServerSignaling } from "../src/signaling/peer-server-signaling.ts";
import { PeerPath } from "../src/transport/peer-path.ts";

/** Sends a frame to the joiner. */
export type RawSend = (message: string | Uint8Array) => void;

/** What else a raw host says of itself, and does. */
export interface RawHostOptions extends Partial<ClayAnnouncement> {
  /** It announces nothing, as existing apps. */
  readonly unannounced?: boolean;
  received?(text: string): void;
}

/**
 * Hosts by hand, for one joiner: answers as ours does, and once connected sends whatever a test wants.
 */
export async function hostRaw(
  net: MemoryNetwork,
  code: string,
  opened: (send: RawSend) => void,
  { unannounced = false, received, ...more }: RawHostOptions = {},
): Promise<void> {
  const platform = net.platform("raw host");
  let path: PeerPath | undefined;
  const answer = (joiner: string, offer: OfferPayload): void => {
    const made: PeerPath = new PeerPath(platform, [], {
      candidate: (candidate) => negotiation.found(candidate),
      connected: () => {},
      open: () => opened((message) => made.sendReliable(message)),
      message: (data) => received?.(decodePlain(data).text),
      writable: () => {},
      stateWritable: () => {},
      closed: () => {},
    });
    const negotiation = new Negotiation(made, "", (signal) => {
      if (!unannounced || signal.type !== "ANSWER") return signaling.send({ ...signal, dst: joiner });
      const { clay: _ours, ...payload } = signal.payload;
      signaling.send({ ...signal, payload, dst: joiner });
    });
    path = made;
    void negotiation.answer(offer, more);
  };
  const signaling: PeerServerSignaling = new PeerServerSignaling(
    platform,
    { url: net.signalingUrl, id: code },
    {
      taken: () => {},
      failed: () => {},
      signal: (signal) => {
        if (signal.type === "OFFER") answer(signal.src, signal.payload);
        if (signal.type === "CANDIDATE") path?.addCandidate(signal.payload.candidate);
      },
    },
  );
  await net.advance(20);
}
