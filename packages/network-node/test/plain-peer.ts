import { PeerConnection } from "node-datachannel";
import type { DataChannel } from "node-datachannel";

/** A signal of libdatachannel as existing apps send it. */
export type PlainSignal = { type: "offer" | "answer"; sdp: string } | { candidate: string };

/** libdatachannel as existing Clayground apps use it: it answers at once and trickles all that it finds. */
export class PlainPeer {
  readonly #channels: DataChannel[] = [];
  onsignal: ((signal: PlainSignal) => unknown) | undefined;
  onopen: (() => void) | undefined;
  readonly #native: PeerConnection = new PeerConnection("", { iceServers: [], bindAddress: "127.0.0.1" });

  constructor() {
    const native = this.#native;
    native.onStateChange(() => {});
    native.onLocalDescription((sdp, type) => this.onsignal?.({ type: type as "offer" | "answer", sdp }));
    native.onLocalCandidate((candidate) => this.onsignal?.({ candidate }));
    native.onDataChannel((channel) => this.#adopt(channel));
  }

  offer(): void {
    this.#adopt(this.#native.createDataChannel("data"));
  }

  take(signal: PlainSignal): void {
    if ("sdp" in signal) this.#native.setRemoteDescription(signal.sdp, signal.type);
    else this.#native.addRemoteCandidate(signal.candidate, "0");
  }

  close(): void {
    for (const channel of this.#channels) channel.close();
    this.#native.close();
  }

  #adopt(channel: DataChannel): void {
    this.#channels.push(channel);
    channel.onClosed(() => {});
    channel.onOpen(() => this.onopen?.());
  }
}
