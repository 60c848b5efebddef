import nodeDataChannel from "node-datachannel";
import type { DataChannel, PeerConnection } from "node-datachannel";
import { RawSignalingClient } from "./signaling-client.ts";
import type { RawSignal } from "./signaling-client.ts";

// Set where the tests could not be given a network of their own (see scripts/test.mjs).
const bindAddress = process.env["CLAYGROUND_BIND"];

/** How far a raw joiner goes. */
export interface RawJoinerOptions {
  /** Whether the second channel ever comes. Default true. */
  stateChannel?: boolean;
  /** Whether it goes on after the host's answer. Default true. */
  hearsAnswer?: boolean;
}

interface AnswerPayload {
  sdp?: { sdp: string };
  candidate?: { candidate: string; sdpMid?: string };
}

/** Lets the host breathe before more is queued: four times what one `send` may carry. */
const HIGH_WATER = 1 << 20;

/**
 * A joiner made of libdatachannel alone, which speaks as existing native apps do and beyond that
 * sends whatever a test wants. `open` and `closed` follow its reliable channel.
 */
export class RawJoiner {
  readonly id: string;
  /** The host has answered the offer. */
  readonly answered: Promise<void>;
  readonly open: Promise<void>;
  readonly closed: Promise<void>;
  /** Text of every frame that came, in order. */
  readonly received: string[] = [];
  readonly #signaling: RawSignalingClient;
  readonly #peer: PeerConnection;
  readonly #data: DataChannel;
  readonly #state: DataChannel | undefined;
  #answer: () => void = () => undefined;

  private constructor(signaling: RawSignalingClient, code: string, options: RawJoinerOptions) {
    const { stateChannel = true, hearsAnswer = true } = options;
    this.#signaling = signaling;
    this.id = signaling.id;
    this.#peer = new nodeDataChannel.PeerConnection(this.id, {
      iceServers: [],
      ...(bindAddress ? { bindAddress } : {}),
    });
    const connectionId = `${this.id}_${code}`;
    // An exception inside a native callback would end the process: none of these can throw.
    this.#peer.onLocalDescription((sdp, type) => {
      if (String(type) !== "offer") return;
      const payload = {
        browser: "libdatachannel",
        connectionId,
        label: connectionId,
        reliable: true,
        serialization: "json",
      };
      signaling.send("OFFER", code, { ...payload, sdp: { sdp, type: "offer" }, type: "data" });
    });
    this.#peer.onLocalCandidate((line, sdpMid) => {
      const candidate = line.replace(/^a=/, "");
      signaling.send("CANDIDATE", code, {
        candidate: { candidate, sdpMLineIndex: 0, sdpMid },
        connectionId,
        type: "data",
      });
    });
    this.answered = new Promise((resolve) => (this.#answer = resolve));
    signaling.onSignal = (signal) => {
      if (signal.type === "ANSWER") this.#answer();
      if (hearsAnswer) this.#hear(signal);
    };
    this.#state = stateChannel
      ? this.#peer.createDataChannel("state", { unordered: true, maxRetransmits: 0 })
      : undefined;
    this.#data = this.#peer.createDataChannel("data");
    this.open = new Promise((resolve) => this.#data.onOpen(resolve));
    this.closed = new Promise((resolve) => this.#data.onClosed(resolve));
    for (const channel of [this.#data, this.#state]) {
      channel?.onMessage((message) => this.received.push(typeof message === "string" ? message : decode(message)));
    }
  }

  /** Starts to join; await `open` for the channel. */
  static async start(url: string, code: string, options: RawJoinerOptions = {}): Promise<RawJoiner> {
    const id = Array.from({ length: 16 }, () => Math.floor(Math.random() * 16).toString(16)).join("");
    return new RawJoiner(await RawSignalingClient.connect(url, id), code, options);
  }

  /** Joins until the channel is open, again when libdatachannel gets stuck. */
  static async join(url: string, code: string, triesLeft = 3): Promise<RawJoiner> {
    const joiner = await RawJoiner.start(url, code);
    const stuck = new Promise<"stuck">((resolve) => setTimeout(resolve, 5000, "stuck").unref());
    if ((await Promise.race([joiner.open, stuck])) !== "stuck" || triesLeft === 0) return joiner;
    await joiner.close();
    return await RawJoiner.join(url, code, triesLeft - 1);
  }

  get isOpen(): boolean {
    return this.#data.isOpen();
  }

  /** Sends on one channel as text, or as bytes as existing apps do; false when the channel is closed. */
  send(frame: string | Uint8Array, channel: "data" | "state" = "data"): boolean {
    const target = channel === "data" ? this.#data : this.#state;
    if (!target?.isOpen()) return false;
    try {
      if (typeof frame === "string") target.sendMessage(frame);
      else target.sendMessageBinary(frame);
      return true;
    } catch {
      // The host may close it at any moment, also between the question and the sending.
      return false;
    }
  }

  /** Resolves when little is left to be sent, or the channel has closed. */
  async drained(below: number = HIGH_WATER): Promise<void> {
    while (this.#data.isOpen() && this.#data.bufferedAmount() > below) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async close(): Promise<void> {
    this.#peer.close();
    await this.#signaling.close();
  }

  /** In 1 of about 460 connects libdatachannel has no ICE transport (lab.md 7.2), and will not open: see `join`. */
  #addCandidate(line: string, mid: string): void {
    try {
      this.#peer.addRemoteCandidate(line, mid);
    } catch {
      // As for one that comes after the end.
    }
  }

  #hear({ type, payload }: RawSignal): void {
    const { sdp, candidate } = (payload ?? {}) as AnswerPayload;
    if (type === "ANSWER" && sdp) this.#peer.setRemoteDescription(sdp.sdp, "answer");
    if (type === "CANDIDATE" && candidate?.candidate) {
      this.#addCandidate(candidate.candidate, candidate.sdpMid ?? "0");
    }
  }
}

function decode(bytes: Buffer | ArrayBuffer): string {
  return new TextDecoder().decode(bytes);
}
