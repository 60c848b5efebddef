import type {
  ClayAnnouncement,
  ClientSignal,
  NegotiationSignal,
  OfferPayload,
  SignalCandidate,
} from "@clayground/protocol";
import type { IceCandidate } from "../platform/platform.ts";
import type { PeerPath } from "../transport/peer-path.ts";

/** What this library says of itself in each OFFER and ANSWER (SPEC.md, S-rules on announcing). */
const ANNOUNCEMENT = { v: 1 } as const;
const OFFERER = { ...ANNOUNCEMENT, mesh: true } as const;

/**
 * The exchange of one offer, its answer and the candidates, over signaling. It keeps the order that
 * existing apps need to live: no CANDIDATE goes out before its OFFER or ANSWER (wire-protocol, C5).
 */
export class Negotiation {
  readonly #send: (signal: NegotiationSignal) => void;
  readonly #path: PeerPath;
  #connectionId: string;
  #held: IceCandidate[] | undefined = [];

  constructor(path: PeerPath, connectionId: string, send: (signal: NegotiationSignal) => void) {
    this.#path = path;
    this.#connectionId = connectionId;
    this.#send = send;
  }

  /** Sends the offer, and the candidates from here on: of a node that can be in a mesh. */
  async dial(): Promise<void> {
    const sdp = await this.#path.offer();
    const label = this.#connectionId;
    // Existing apps want all of these keys.
    const payload = {
      ...this.#common(),
      label,
      reliable: true,
      serialization: "json",
      clay: OFFERER,
    };
    this.#send({ type: "OFFER", payload: { ...payload, sdp: { type: "offer", sdp } } });
    this.#release();
  }

  /**
   * Answers an offer. Rejects when its SDP is broken.
   *
   * @param more what else this side says of itself
   */
  async answer(offer: OfferPayload, more: Partial<ClayAnnouncement> = {}): Promise<void> {
    this.#connectionId = offer.connectionId;
    const sdp = await this.#path.answer(offer.sdp.sdp);
    const payload = { ...this.#common(), clay: { ...ANNOUNCEMENT, ...more } };
    this.#send({ type: "ANSWER", payload: { ...payload, sdp: { type: "answer", sdp } } });
    this.#release();
  }

  /** A local candidate was found. */
  found(candidate: IceCandidate): void {
    if (this.#held) this.#held.push(candidate);
    else this.#sendCandidate(candidate);
  }

  #release(): void {
    for (const candidate of this.#held ?? []) this.#sendCandidate(candidate);
    this.#held = undefined;
  }

  #sendCandidate(candidate: IceCandidate): void {
    // W3C's RTCIceCandidate writes itself as JSON, with its place.
    const payload = { ...this.#common(), candidate: candidate as SignalCandidate };
    this.#send({ type: "CANDIDATE", payload });
  }

  #common(): { type: "data"; connectionId: string } {
    return { type: "data", connectionId: this.#connectionId };
  }
}

/** A host's refusal for a joiner of this library; PeerServer forwards no REJECT, but every ANSWER. */
export function refusal(offer: OfferPayload, dst: string, reason: "network-full"): ClientSignal {
  const payload = { type: "data", connectionId: offer.connectionId } as const;
  if (offer.clay) return { type: "ANSWER", dst, payload: { ...payload, clay: { ...ANNOUNCEMENT, refused: reason } } };
  return { type: "REJECT", dst, payload: { ...payload, reason: "Network full" } };
}
