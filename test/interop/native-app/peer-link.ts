import nodeDataChannel from "node-datachannel";
import type { DataChannel, PeerConnection } from "node-datachannel";
import { crash } from "./crash.ts";
import { BIND_ADDRESS } from "./lan-code.ts";

/** The names of the two channels. */
export type ChannelName = "data" | "state";

/** What a link tells, in the order in which libdatachannel says it. */
export interface LinkListener {
  /** This side's SDP: always before its first candidate. */
  described(sdp: string): void;
  /** Without `a=`. */
  foundCandidate(candidate: string, mid: string): void;
  /** The remote's channel, with its label and the number of its stream. */
  channelCame(label: string, stream: number): void;
  /** The data channel is open: the peer is in. */
  opened(): void;
  received(text: string, channel: ChannelName): void;
  /** It was open, and is no more. */
  closed(): void;
}

/** Tries of a candidate, 10 ms apart: in 1 of about 460 connects libdatachannel has no ICE transport yet. */
const CANDIDATE_TRIES = 100;

/** One peer connection of libdatachannel with the channels `data` and `state`, as native apps make it. */
export class PeerLink {
  readonly #listener: LinkListener;
  readonly #peer: PeerConnection;
  #data: DataChannel | undefined;
  #state: DataChannel | undefined;
  #isDescribed = false;
  /** Each kind of callback of the binding has a queue of its own: candidates may overtake the description. */
  #early: [candidate: string, mid: string][] = [];
  #phase: "connecting" | "open" | "closed" = "connecting";

  constructor(name: string, listener: LinkListener) {
    this.#listener = listener;
    const bind = BIND_ADDRESS ? { bindAddress: BIND_ADDRESS } : {};
    this.#peer = new nodeDataChannel.PeerConnection(name, { iceServers: [], ...bind });
    this.#peer.onLocalDescription((sdp) => this.#described(sdp));
    this.#peer.onLocalCandidate((line, mid) => this.#foundCandidate(line.replace(/^a=/, ""), mid));
    this.#peer.onDataChannel((channel) => {
      this.#listener.channelCame(channel.getLabel(), channel.getId());
      this.#adopt(channel);
    });
    this.#peer.onStateChange((state) => {
      if (state === "disconnected" || state === "failed" || state === "closed") this.#ended();
    });
  }

  /** As a joiner does: the offer comes of it. On the wire libdatachannel opens `state` first, all the same. */
  makeChannels(): void {
    this.#adopt(this.#peer.createDataChannel("data"));
    this.#adopt(this.#peer.createDataChannel("state", { unordered: true, maxRetransmits: 0 }));
  }

  /** A broken one is deadly (C3). As a host's, the answer comes of it. */
  takeDescription(sdp: string, type: "offer" | "answer"): void {
    try {
      this.#peer.setRemoteDescription(sdp, type);
    } catch (error) {
      crash("C3", error);
    }
  }

  /** One that cannot be read (C4), or comes before the description (C5), is deadly; an empty one is not. */
  takeCandidate(candidate: string, mid: string, triesLeft: number = CANDIDATE_TRIES): void {
    if (candidate === "" || this.#phase === "closed") return;
    try {
      this.#peer.addRemoteCandidate(candidate, mid);
    } catch (error) {
      const what = String(error);
      if (what.includes("without ICE transport")) {
        if (triesLeft > 0) setTimeout(() => this.takeCandidate(candidate, mid, triesLeft - 1), 10);
      } else crash(what.includes("without remote description") ? "C5" : "C4", error);
    }
  }

  /**
   * Sends bytes, on `data` while `state` is not open; returns on which. Over 262,144 of them are deadly (C1), and so is
   * a peer who leaves in that very moment (C2).
   */
  send(text: string, wanted: ChannelName): ChannelName | undefined {
    const name = wanted === "state" && this.#state?.isOpen() ? "state" : "data";
    const channel = name === "state" ? this.#state : this.#data;
    if (!channel?.isOpen()) return undefined;
    try {
      channel.sendMessageBinary(Buffer.from(text));
    } catch (error) {
      crash(String(error).includes("exceeds limit") ? "C1" : "C2", error);
    }
    return name;
  }

  /** Nothing is told any more. The streams are reset, `state` first, and the connection goes at once: hence C2. */
  close(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#state?.close();
    this.#data?.close();
    this.#peer.close();
  }

  #described(sdp: string): void {
    if (this.#phase === "closed") return;
    this.#isDescribed = true;
    this.#listener.described(asOriginal(sdp));
    for (const [candidate, mid] of this.#early.splice(0)) this.#listener.foundCandidate(candidate, mid);
  }

  #foundCandidate(candidate: string, mid: string): void {
    if (this.#phase === "closed") return;
    if (this.#isDescribed) this.#listener.foundCandidate(candidate, mid);
    else this.#early.push([candidate, mid]);
  }

  /** Whatever is not called exactly `state` is the data channel; the last one has the place. */
  #adopt(channel: DataChannel): void {
    const name: ChannelName = channel.getLabel() === "state" ? "state" : "data";
    if (name === "state") this.#state = channel;
    else this.#data = channel;
    // In this order: when several wait, they are delivered in the order of registration.
    channel.onOpen(() => this.#channelOpened(name));
    channel.onMessage((message) => this.#received(message, name));
    channel.onClosed(() => {
      if (name === "data" && this.#data === channel) this.#ended();
    });
    // One that the remote made is open already.
    if (channel.isOpen()) this.#channelOpened(name);
  }

  #channelOpened(name: ChannelName): void {
    if (name !== "data" || this.#phase !== "connecting") return;
    this.#phase = "open";
    this.#listener.opened();
  }

  #received(message: string | Buffer | ArrayBuffer, channel: ChannelName): void {
    if (this.#phase === "closed") return;
    this.#listener.received(typeof message === "string" ? message : new TextDecoder().decode(message), channel);
  }

  /** What waits in the channels' own queues was received before, so it is told before. */
  #ended(): void {
    setImmediate(() => {
      const wasOpen = this.#phase === "open";
      // A peer that never was open stays in the table for ever, and its connection with it (F8).
      if (wasOpen) {
        this.close();
        this.#listener.closed();
      }
    });
  }
}

/** The original's libdatachannel is older: it says before the media line how to reach it, not after. */
function asOriginal(sdp: string): string {
  const lines = sdp.split("\r\n");
  const isForSession = (line: string): boolean => /^a=(?:setup|ice-ufrag|ice-pwd):/.test(line);
  const others = lines.filter((line) => !isForSession(line));
  const place = others.findIndex((line) => line.startsWith("a=msid-semantic:")) + 1;
  return [...others.slice(0, place), ...lines.filter(isForSession), ...others.slice(place)].join("\r\n");
}
