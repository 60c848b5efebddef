import type { UsableCandidate } from "./ice-candidate.ts";

/**
 * How long direct candidates are kept back after the answer when ICE does not connect, in milliseconds: enough
 * for a check to get through a local network; where a firewall or NAT stops it, the candidates are needed.
 */
export const HOLD_AFTER_ANSWER = 150;

/** The same before the answer. Longer than any signaling takes, and there for an answerer who waits for candidates. */
export const HOLD_BEFORE_ANSWER = 1000;

/**
 * Between two ends of libdatachannel the DTLS server must be the one that ICE connects first: it drops a
 * ClientHello that comes earlier, and OpenSSL sends it again after a second. That hit 37 of 100 connects on
 * loopback. The offerer is the server, so its check must go out before the answerer's: its host candidates
 * are kept back, by itself or by the answerer, until its ICE is connected. Then it is 0 of 100, and libjuice
 * makes sure of it, because it sends a check that another check triggers 50 ms later.
 *
 * Candidates from STUN and TURN pass at once. Behind a NAT the other side's first check does not come
 * through anyway, and is needed to open the way for this side's.
 */
export class CandidateHold {
  readonly #pass: (candidate: UsableCandidate) => void;
  readonly #hosts = new Set<string>();
  #held: UsableCandidate[] | undefined = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(pass: (candidate: UsableCandidate) => void) {
    this.#pass = pass;
  }

  /** Passes a candidate on, now or later. */
  add(candidate: UsableCandidate): void {
    if (candidate.type === "host") this.#hosts.add(candidate.endpoint);
    // Without a NAT, STUN only tells the host's own address once more.
    if (this.#held && this.#hosts.has(candidate.endpoint)) this.#held.push(candidate);
    else this.#pass(candidate);
  }

  /** Keeps back for so many milliseconds from now. */
  releaseIn(ms: number): void {
    if (!this.#held) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.release(), ms);
  }

  /** Passes on what was kept back, and everything from here on. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    clearTimeout(this.#timer);
    for (const candidate of held) this.#pass(candidate);
  }

  /** Forgets everything; nothing is passed on any more. */
  drop(): void {
    this.#held = undefined;
    clearTimeout(this.#timer);
  }
}
