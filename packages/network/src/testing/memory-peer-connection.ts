import type {
  IceCandidate,
  PlatformDataChannel,
  PlatformPeerConnection,
  ReadonlyStats,
  SessionDescription,
} from "../platform/platform.ts";
import { FAILED_AFTER } from "./association.ts";
import type { Association, ChannelData, Control } from "./association.ts";
import type { IceAgent, IceDirectory } from "./ice-directory.ts";
import type { Machine, MachineConnection } from "./machine.ts";
import { MAX_MESSAGE_BYTES, MemoryDataChannel } from "./memory-data-channel.ts";
import { parseCandidate, parseSdp, writeCandidate, writeSdp } from "./memory-sdp.ts";
import type { CandidateAddress } from "./memory-sdp.ts";
import { connectionStats } from "./memory-stats.ts";

/** How long one step of the negotiation takes, and the search for candidates, in milliseconds. */
const OPERATION_MS = 1;

type State = PlatformPeerConnection["connectionState"];

/** A peer connection that behaves as W3C's does, as far as the library uses it. Renegotiation is not simulated. */
export class MemoryPeerConnection implements PlatformPeerConnection, IceAgent, MachineConnection {
  onicecandidate: PlatformPeerConnection["onicecandidate"] = null;
  onconnectionstatechange: PlatformPeerConnection["onconnectionstatechange"] = null;
  ondatachannel: PlatformPeerConnection["ondatachannel"] = null;
  readonly machine: Machine;
  readonly ufrag: string;
  readonly place: CandidateAddress;
  readonly #password: string;
  readonly #directory: IceDirectory;
  readonly #channels = new Map<string, MemoryDataChannel>();
  /** Data of channels whose opening has not come yet. */
  #early: ChannelData[] = [];
  readonly #candidates: CandidateAddress[] = [];
  #state: State = "new";
  /** Closed, or its machine is gone. */
  #isClosed = false;
  #operations: Promise<unknown> = Promise.resolve();
  #created: SessionDescription | undefined;
  #local: SessionDescription | undefined;
  #remote: { readonly type: SessionDescription["type"]; readonly ufrag: string } | undefined;
  #association: Association | undefined;
  #channelCount = 0;

  constructor(machine: Machine, directory: IceDirectory) {
    this.machine = machine;
    this.ufrag = machine.random.text(8);
    this.#password = machine.random.text(24);
    this.place = { address: machine.address, port: machine.drawPort() };
    this.#directory = directory;
    machine.connections.add(this);
    directory.add(this);
  }

  get connectionState(): State {
    return this.#state;
  }

  get sctp(): { readonly maxMessageSize: number } | null {
    return this.#local && this.#remote ? { maxMessageSize: MAX_MESSAGE_BYTES } : null;
  }

  get isOver(): boolean {
    return this.#isClosed || this.#state === "failed";
  }

  get openChannels(): number {
    return [...this.#channels.values()].filter((channel) => channel.readyState !== "closed").length;
  }

  get remoteUfrag(): string | undefined {
    return this.#local ? this.#remote?.ufrag : undefined;
  }

  createDataChannel(label: string, init: { ordered?: boolean; maxRetransmits?: number } = {}): PlatformDataChannel {
    if (this.#isClosed) throw closedError();
    const { ordered = true, maxRetransmits } = init;
    const flow = { ordered, ...(maxRetransmits !== undefined && { maxRetransmits }) };
    const channel = new MemoryDataChannel(this, `${this.ufrag}:${this.#channelCount++}`, label, flow);
    this.#channels.set(channel.key, channel);
    if (this.#association?.isReady) channel.attach(this.#association, false);
    return channel;
  }

  createOffer(): Promise<SessionDescription> {
    return this.#operation(() => {
      if (this.#remote) throw new DOMException("A second negotiation is not simulated", "InvalidStateError");
      return this.#create("offer");
    });
  }

  createAnswer(): Promise<SessionDescription> {
    return this.#operation(() => {
      if (this.#remote?.type !== "offer" || this.#local)
        throw new DOMException("There is no offer to answer", "InvalidStateError");
      return this.#create("answer");
    });
  }

  setLocalDescription(description: SessionDescription): Promise<void> {
    return this.#operation(() => {
      const fits = description.type === "offer" ? !this.#remote : this.#remote?.type === "offer";
      if (this.#local || !fits)
        throw new DOMException(`Not the time for a local ${description.type}`, "InvalidStateError");
      const { type, sdp } = this.#created ?? {};
      if (type !== description.type || sdp !== description.sdp) {
        throw new DOMException("Not the description that was created", "InvalidModificationError");
      }
      this.#local = description;
      this.#gather();
      this.#check();
    });
  }

  setRemoteDescription(description: SessionDescription): Promise<void> {
    return this.#operation(() => {
      const { type, sdp } = description;
      const fits = type === "offer" ? !this.#local : this.#local?.type === "offer";
      if (this.#remote || !fits) throw new DOMException(`Not the time for a remote ${type}`, "InvalidStateError");
      const parsed = parseSdp(sdp, type);
      if (typeof parsed === "string") throw new DOMException(`Not an SDP: ${parsed}`, "OperationError");
      this.#remote = { type, ufrag: parsed.ufrag };
      for (const line of parsed.candidates) this.#learn(line);
      this.#check();
    });
  }

  addIceCandidate(candidate: IceCandidate): Promise<void> {
    return this.#operation(() => {
      const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
      if (line !== "" && (sdpMid ?? sdpMLineIndex ?? undefined) === undefined) {
        throw new TypeError("The candidate has neither sdpMid nor sdpMLineIndex");
      }
      if (!this.#remote) throw new DOMException("A candidate needs a remote description first", "InvalidStateError");
      if (usernameFragment && usernameFragment !== this.#remote.ufrag) {
        throw new DOMException("The candidate is of another description", "OperationError");
      }
      if (line === "") return;
      if (!this.#learn(line)) throw new DOMException("Not a candidate", "OperationError");
      this.#check();
    });
  }

  getStats(): Promise<ReadonlyStats> {
    return new Promise((resolve) => {
      this.machine.later(() => {
        const remote = this.#association?.remoteOf(this) as IceAgent | undefined;
        const isSelected = this.#association && this.#state !== "new" && this.#state !== "connecting";
        resolve(connectionStats(this.place, isSelected ? remote?.place : undefined, this.#association?.roundTrip ?? 0));
      });
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#state = "closed";
    this.machine.connections.delete(this);
    this.#directory.remove(this);
    for (const channel of this.#channels.values()) channel.cutOff();
    this.#association?.abort(this);
  }

  vanish(): void {
    this.#isClosed = true;
    this.#directory.remove(this);
  }

  knows(place: CandidateAddress): boolean {
    return this.#candidates.some(({ address, port }) => address === place.address && port === place.port);
  }

  onAssociation(association: Association): void {
    this.#association = association;
  }

  onTransportState(state: State): void {
    if (this.isOver || (state === "connecting" && this.#state !== "new")) return;
    this.machine.later(() => {
      if (this.isOver || this.#state === state) return;
      this.#state = state;
      this.onconnectionstatechange?.();
    });
  }

  onReady(): void {
    for (const channel of this.#channels.values()) if (this.#association) channel.attach(this.#association, false);
  }

  onControl(control: Control): void {
    if (this.isOver || !this.#association) return;
    const known = this.#channels.get(control.key);
    if (control.type === "reset") return known?.remoteReset();
    if (known) return;
    const channel = new MemoryDataChannel(this, control.key, control.label, control.init);
    this.#channels.set(control.key, channel);
    channel.attach(this.#association, true);
    for (const { key, data } of this.#early) if (key === control.key) channel.receive(data);
    this.#early = this.#early.filter(({ key }) => key !== control.key);
    this.machine.later(() => this.ondatachannel?.({ channel }));
    this.machine.later(() => channel.announceOpen());
  }

  onData(data: ChannelData): void {
    const channel = this.#channels.get(data.key);
    if (channel) channel.receive(data.data);
    else this.#early.push(data);
  }

  onAborted(): void {
    for (const channel of this.#channels.values()) channel.remoteAborted();
  }

  /** W3C's operations chain: one after the other, and never settled once the connection is closed. */
  #operation<T>(run: () => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(closedError());
    const step = (): Promise<T> =>
      new Promise((resolve, reject) => {
        this.machine.clock.schedule(OPERATION_MS, () => {
          if (this.#isClosed) return;
          try {
            resolve(run());
          } catch (error) {
            reject(error);
          }
        });
      });
    const result = this.#operations.then(step);
    this.#operations = result.catch(() => {});
    return result;
  }

  #create(type: SessionDescription["type"]): SessionDescription {
    const sdp = writeSdp(type, this.ufrag, this.#password, this.place.port);
    return (this.#created = { type, sdp });
  }

  #gather(): void {
    const emit = (candidate: IceCandidate | null, ms: number): void => {
      this.machine.later(() => {
        if (!this.#isClosed) this.onicecandidate?.({ candidate });
      }, ms);
    };
    emit(writeCandidate(this.place, this.ufrag), OPERATION_MS);
    emit(null, 2 * OPERATION_MS);
  }

  #learn(line: string): boolean {
    const place = parseCandidate(line);
    if (place) this.#candidates.push(place);
    return place !== undefined;
  }

  #check(): void {
    if (!this.#local || !this.#remote) return;
    if (this.#candidates.length > 0 && this.#state === "new") {
      this.onTransportState("connecting");
      this.machine.later(() => {
        if (this.#state === "connecting") this.onTransportState("failed");
      }, FAILED_AFTER);
    }
    if (!this.#association) this.#directory.tryConnect(this);
  }
}

function closedError(): DOMException {
  return new DOMException("The peer connection is closed", "InvalidStateError");
}
