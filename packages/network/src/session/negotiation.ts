import type { AnswerPayload, ClientSignal, OfferPayload, SignalCandidate } from "@clayground/protocol";
import type { IceCandidate } from "../platform/platform.ts";
import type { PeerPath } from "../transport/peer-path.ts";

/** What this library says of itself in each OFFER and ANSWER (SPEC.md, S-rules on announcing). */
const ANNOUNCEMENT = { v: 1 } as const;

/**
 * The exchange of one offer, its answer and the candidates, over signaling. It keeps the order that
 * existing apps need to live: no CANDIDATE goes out before its OFFER or ANSWER (wire-protocol, C5).
 */
export class Negotiation {
  readonly #remoteId: string;
  readonly #send: (signal: ClientSignal) => void;
  readonly #path: PeerPath;
  #connectionId: string;
  #held: IceCandidate[] | undefined = [];

  constructor(path: PeerPath, remoteId: string, connectionId: string, send: (signal: ClientSignal) => void) {
    this.#path = path;
    this.#remoteId = remoteId;
    this.#connectionId = connectionId;
    this.#send = send;
  }

  /** Sends the offer, and the candidates from here on. */
  async dial(): Promise<void> {
    const sdp = await this.#path.offer();
    this.#send({
      type: "OFFER",
      dst: this.#remoteId,
      payload: {
        type: "data",
        connectionId: this.#connectionId,
        label: this.#connectionId,
        reliable: true,
        serialization: "json",
        sdp: { type: "offer", sdp },
        clay: ANNOUNCEMENT,
      },
    });
    this.#release();
  }

  /** Answers an offer. Rejects when its SDP is broken. */
  async answer(offer: OfferPayload): Promise<void> {
    this.#connectionId = offer.connectionId;
    const sdp = await this.#path.answer(offer.sdp.sdp);
    this.#send({
      type: "ANSWER",
      dst: this.#remoteId,
      payload: {
        type: "data",
        connectionId: this.#connectionId,
        sdp: { type: "answer", sdp },
        clay: ANNOUNCEMENT,
      },
    });
    this.#release();
  }

  /** Takes the answer's SDP. Rejects when it is broken. */
  answered(answer: AnswerPayload): Promise<void> {
    return answer.sdp ? this.#path.answered(answer.sdp.sdp) : Promise.resolve();
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

  #sendCandidate({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: IceCandidate): void {
    const place: SignalCandidate = {
      candidate,
      sdpMid: sdpMid ?? "0",
      sdpMLineIndex: sdpMLineIndex ?? 0,
      ...(usernameFragment ? { usernameFragment } : undefined),
    };
    this.#send({
      type: "CANDIDATE",
      dst: this.#remoteId,
      payload: { type: "data", connectionId: this.#connectionId, candidate: place },
    });
  }
}

/** A host's refusal for a joiner of this library; PeerServer forwards no REJECT, but every ANSWER. */
export function refusal(offer: OfferPayload, dst: string, reason: string): ClientSignal {
  const { connectionId } = offer;
  return offer.clay
    ? { type: "ANSWER", dst, payload: { type: "data", connectionId, clay: { ...ANNOUNCEMENT, refused: reason } } }
    : {
        type: "REJECT",
        dst,
        payload: { type: "data", connectionId, reason: reason === "network-full" ? "Network full" : reason },
      };
}
