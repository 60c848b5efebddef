import type { ClayAnnouncement, OfferPayload } from "@clayground/protocol";
import type { MemoryNetwork } from "../src/testing/index.ts";
import { Negotiation } from "../src/session/negotiation.ts";
import { PeerServerSignaling } from "../src/signaling/peer-server-signaling.ts";
import { PeerPath } from "../src/transport/peer-path.ts";

/** Sends a frame to the joiner. */
export type RawSend = (text: string) => void;

/**
 * Hosts by hand, for one joiner: answers as ours does, and once connected sends whatever a test wants.
 *
 * @param more what else it says of itself
 */
export async function hostRaw(
  net: MemoryNetwork,
  code: string,
  opened: (send: RawSend) => void,
  more: Partial<ClayAnnouncement> = {},
): Promise<void> {
  const platform = net.platform("raw host");
  let path: PeerPath | undefined;
  const answer = (joiner: string, offer: OfferPayload): void => {
    const made: PeerPath = new PeerPath(platform, [], {
      candidate: (candidate) => negotiation.found(candidate),
      connected: () => {},
      open: () => opened((text) => made.sendReliable(text)),
      frame: () => {},
      writable: () => {},
      closed: () => {},
    });
    const negotiation = new Negotiation(made, "", (signal) => signaling.send({ ...signal, dst: joiner }));
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
