import type { Machine } from "./machine.ts";
import { PacketFlow } from "./packet-flow.ts";
import type { FlowHandlers, FlowInit, Route } from "./packet-flow.ts";
import { SendWindow } from "./send-window.ts";
import type { ClockEvent } from "./virtual-clock.ts";

/** What DCEP and SCTP say besides data (RFC 8832; RFC 6525, stream reset). */
export type Control =
  | { readonly type: "open"; readonly key: string; readonly label: string; readonly init: FlowInit }
  | { readonly type: "reset"; readonly key: string };

/** What travels on a data channel. */
export interface ChannelData {
  readonly key: string;
  readonly data: string | ArrayBuffer;
}

/** One end of an association, as the peer connection shows itself. */
export interface Endpoint {
  readonly machine: Machine;
  readonly isOver: boolean;
  onTransportState(state: "connecting" | "connected" | "disconnected" | "failed"): void;
  /** SCTP is up: channels can open. */
  onReady(): void;
  onControl(control: Control): void;
  onData(data: ChannelData): void;
  /** The other end closed its peer connection. */
  onAborted(): void;
}

/** Consent checks (RFC 7675) go unanswered for so long: browsers then say "disconnected", in milliseconds. */
const DISCONNECTED_AFTER = 5000;

/** Consent expires (RFC 7675, 5.1), in milliseconds. */
export const FAILED_AFTER = 30_000;

/** DTLS sends a flight again after a second, then after two (RFC 6347, 4.2.4.1). */
const DTLS_TIMEOUT = 1000;

/** Flights of ICE, DTLS and SCTP until data can flow; each can be lost. */
const FLIGHTS = 6;

const CONTROL_BYTES = 32;

/** One direction of an association. */
class Lane {
  readonly route: Route;
  readonly window: SendWindow = new SendWindow();
  readonly flows: Set<{ stopSending(): void; stopReceiving(): void }> = new Set();
  readonly control: PacketFlow<Control>;

  constructor(route: Route, receiver: Endpoint) {
    this.route = route;
    this.control = this.add({ ordered: true }, { arrived: (control) => receiver.onControl(control) });
  }

  add<T>(init: FlowInit, handlers: FlowHandlers<T>): PacketFlow<T> {
    const flow = new PacketFlow<T>(this.route, this.window, init, handlers);
    this.flows.add(flow);
    return flow;
  }
}

/** ICE, DTLS and SCTP between two peer connections. */
export class Association {
  readonly #ends: readonly [Endpoint, Endpoint];
  readonly #lanes: readonly [Lane, Lane];
  readonly #onEnd: () => void;
  #isUp = false;
  #isReady = false;
  #warning: ClockEvent | undefined;
  #failure: ClockEvent | undefined;
  #hasWarned = false;

  /** @param roundTrips how many round trips ICE and DTLS take */
  constructor(
    ends: readonly [Endpoint, Endpoint],
    routes: readonly [Route, Route],
    roundTrips: number,
    onEnd: () => void,
  ) {
    this.#ends = ends;
    this.#lanes = [new Lane(routes[0], ends[1]), new Lane(routes[1], ends[0])];
    this.#onEnd = onEnd;
    for (const end of ends) end.onTransportState("connecting");
    this.#connect(roundTrips * this.roundTrip + this.#drawHandshakeLosses());
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Milliseconds there and back, without jitter. */
  get roundTrip(): number {
    return this.#lanes[0].route.there.delay + this.#lanes[1].route.there.delay;
  }

  remoteOf(end: Endpoint): Endpoint {
    return this.#ends[end === this.#ends[0] ? 1 : 0];
  }

  /** A stream for the data of one channel, from this end to the other. */
  openFlow(
    from: Endpoint,
    init: FlowInit,
    onSent: (bytes: number) => void,
    onIdle: () => void,
  ): PacketFlow<ChannelData> {
    const to = this.remoteOf(from);
    return this.#laneOf(from).add<ChannelData>(init, {
      sent: onSent,
      arrived: (data) => to.onData(data),
      idle: onIdle,
    });
  }

  /** Forgets the stream of a closed channel. */
  dropFlow(from: Endpoint, flow: PacketFlow<ChannelData>): void {
    flow.stopSending();
    flow.stopReceiving();
    this.#laneOf(from).flows.delete(flow);
  }

  sendControl(from: Endpoint, control: Control): void {
    this.#laneOf(from).control.send(control, CONTROL_BYTES);
  }

  /** This end was closed. The other is told by an SCTP ABORT and a DTLS alert, each sent once. */
  abort(from: Endpoint): void {
    const lane = this.#laneOf(from);
    const back = this.#laneOf(this.remoteOf(from));
    for (const flow of lane.flows) flow.stopSending();
    for (const flow of back.flows) flow.stopReceiving();
    const { clock, there } = lane.route;
    const to = this.remoteOf(from);
    for (let i = 0; i < 2 && this.#isReady; i++) {
      if (there.drawLosses(1) > 0) continue;
      clock.schedule(there.drawDelay(), () => {
        if (there.isCut || to.isOver) return;
        for (const flow of lane.flows) flow.stopReceiving();
        for (const flow of back.flows) flow.stopSending();
        to.onAborted();
      });
    }
    this.pathChanged();
  }

  /** A machine died, a link was cut or mended, or an end closed. */
  pathChanged(): void {
    if (this.#ends.every((end) => end.isOver)) return this.#end();
    if (!this.#isUp) return;
    if (this.#isPathUp) this.#recover();
    else if (!this.#failure) this.#startToFail();
  }

  get #isPathUp(): boolean {
    return (
      this.#lanes.every(({ route }) => !route.there.isCut) &&
      this.#ends.every((end) => !end.isOver && end.machine.isAlive)
    );
  }

  get #clock(): Route["clock"] {
    return this.#lanes[0].route.clock;
  }

  #laneOf(end: Endpoint): Lane {
    return this.#lanes[end === this.#ends[0] ? 0 : 1];
  }

  #drawHandshakeLosses(): number {
    let extra = 0;
    for (let flight = 0; flight < FLIGHTS; flight++) {
      const { there } = this.#lanes[flight % 2 === 0 ? 0 : 1].route;
      for (let wait = DTLS_TIMEOUT; !there.isCut && wait < FAILED_AFTER && there.drawLosses(1) > 0; wait *= 2)
        extra += wait;
    }
    return extra;
  }

  #connect(delay: number): void {
    this.#clock.schedule(delay, () => {
      if (this.#ends.some((end) => end.isOver)) return this.pathChanged();
      if (!this.#isPathUp) return this.#connect(DTLS_TIMEOUT);
      this.#isUp = true;
      for (const end of this.#ends) end.onTransportState("connected");
      this.#clock.schedule(this.roundTrip, () => this.#ready());
    });
  }

  #ready(): void {
    if (this.#ends.some((end) => end.isOver)) return;
    this.#isReady = true;
    for (const end of this.#ends) end.onReady();
  }

  #startToFail(): void {
    this.#warning = this.#clock.schedule(DISCONNECTED_AFTER, () => {
      this.#hasWarned = true;
      this.#tell("disconnected");
    });
    this.#failure = this.#clock.schedule(FAILED_AFTER, () => {
      this.#tell("failed");
      this.#end();
    });
  }

  #recover(): void {
    this.#stopFailing();
    if (!this.#hasWarned) return;
    this.#hasWarned = false;
    this.#clock.schedule(this.roundTrip, () => {
      if (!this.#hasWarned && this.#isPathUp) this.#tell("connected");
    });
  }

  #stopFailing(): void {
    if (this.#warning) this.#warning.isCanceled = true;
    if (this.#failure) this.#failure.isCanceled = true;
    this.#warning = this.#failure = undefined;
  }

  #tell(state: "connected" | "disconnected" | "failed"): void {
    for (const end of this.#ends) if (!end.isOver) end.onTransportState(state);
  }

  #end(): void {
    this.#stopFailing();
    for (const lane of this.#lanes) {
      for (const flow of lane.flows) {
        flow.stopSending();
        flow.stopReceiving();
      }
    }
    this.#onEnd();
  }
}
