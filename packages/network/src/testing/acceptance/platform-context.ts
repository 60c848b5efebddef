import type {
  Platform,
  PlatformDataChannel,
  PlatformPeerConnection,
  PlatformSocket,
  SessionDescription,
} from "../../platform/platform.ts";
import { signal } from "./check.ts";
import type { ScenarioContext } from "./scenario.ts";

/** Two platforms that can reach each other, of the same kind or not. */
export interface PlatformContext extends ScenarioContext {
  /** Makes the offers. */
  readonly a: Platform;
  /** Answers. */
  readonly b: Platform;
  /** Carries a description or candidate to the other side. @default a copy by way of JSON */
  relay?<T>(message: T): Promise<T>;
  /** A PeerServer-compatible server that both reach: `ws(s)://host:port/path`. Left out: no scenarios with sockets. */
  readonly signalingUrl?: string;
  /** A `ws:` URL where nothing answers. @default ws://127.0.0.1:9/ */
  readonly deadUrl?: string;
}

/** A connection between the platforms with a channel of each kind, as the library makes it. */
export interface ConnectedPair {
  readonly a: PlatformPeerConnection;
  readonly b: PlatformPeerConnection;
  readonly reliable: { readonly a: PlatformDataChannel; readonly b: PlatformDataChannel };
  readonly lossy: { readonly a: PlatformDataChannel; readonly b: PlatformDataChannel };
}

/** A new connection of each platform, closed after the body whatever happens. */
export async function withConnections(
  context: PlatformContext,
  body: (a: PlatformPeerConnection, b: PlatformPeerConnection) => Promise<void>,
): Promise<void> {
  const a = context.a.createPeerConnection({ iceServers: [] });
  const b = context.b.createPeerConnection({ iceServers: [] });
  try {
    await body(a, b);
  } finally {
    a.close();
    b.close();
  }
}

/** As {@link withConnections}, connected, and with both channels open at both ends. */
export function withPair(context: PlatformContext, body: (pair: ConnectedPair) => Promise<void>): Promise<void> {
  return withConnections(context, async (a, b) => {
    const channels = [
      a.createDataChannel("state", { ordered: false, maxRetransmits: 0 }),
      a.createDataChannel("data", { ordered: true }),
    ] as const;
    const incoming = new Map<string, PlatformDataChannel>();
    const bothCame = signal();
    b.ondatachannel = ({ channel }) => {
      channel.binaryType = "arraybuffer";
      if (incoming.set(channel.label, channel).size === 2) bothCame.fire();
    };
    for (const channel of channels) channel.binaryType = "arraybuffer";
    await context.until(negotiate(context, a, b));
    await context.until(bothCame.promise);
    const [stateB, dataB] = [incoming.get("state"), incoming.get("data")];
    if (!stateB || !dataB) throw new Error(`The answerer got channels ${[...incoming.keys()].join(", ")}`);
    for (const channel of [...channels, stateB, dataB]) await context.until(opened(channel));
    await body({ a, b, lossy: { a: channels[0], b: stateB }, reliable: { a: channels[1], b: dataB } });
  });
}

/** Offer, answer and candidates; a candidate waits until the other side has the description. */
export async function negotiate(
  context: PlatformContext,
  a: PlatformPeerConnection,
  b: PlatformPeerConnection,
  onCandidate: (line: string) => void = () => {},
): Promise<void> {
  const carry = context.relay?.bind(context) ?? copy;
  const relay = <T extends object>(message: T): Promise<T> => {
    if ("candidate" in message && typeof message.candidate === "string") onCandidate(message.candidate);
    return carry(message);
  };
  const toB = trickle(a, b, relay);
  const toA = trickle(b, a, relay);
  const offer = await a.createOffer();
  await a.setLocalDescription(offer);
  await b.setRemoteDescription(await relay(plain(offer)));
  toB();
  const answer = await b.createAnswer();
  await b.setLocalDescription(answer);
  await a.setRemoteDescription(await relay(plain(answer)));
  toA();
}

/** Settles when the channel is open; at once when it is. */
export function opened(channel: PlatformDataChannel): Promise<void> {
  const { promise, fire } = signal();
  channel.onopen = () => fire();
  if (channel.readyState === "open") fire();
  return promise;
}

/** Settles when the channel is closed; at once when it is. */
export function closed(channel: PlatformDataChannel): Promise<void> {
  const { promise, fire } = signal();
  channel.onclose = () => fire();
  if (channel.readyState === "closed") fire();
  return promise;
}

/** Settles with the first `count` messages, in order of arrival. */
export function messages(channel: PlatformDataChannel, count: number): Promise<(string | ArrayBuffer)[]> {
  const { promise, fire } = signal<(string | ArrayBuffer)[]>();
  const received: (string | ArrayBuffer)[] = [];
  channel.onmessage = ({ data }) => {
    if (received.push(data) === count) fire(received);
  };
  return promise;
}

/** What a socket tells, in order. */
export interface SocketLog {
  readonly events: string[];
  readonly opened: Promise<void>;
  readonly message: Promise<unknown>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

export function listen(socket: PlatformSocket): SocketLog {
  const events: string[] = [];
  const open = signal();
  const message = signal<unknown>();
  const close = signal<{ code: number; reason: string }>();
  socket.onopen = () => {
    events.push("open");
    open.fire();
  };
  socket.onmessage = ({ data }) => {
    events.push("message");
    message.fire(data);
  };
  socket.onerror = () => events.push("error");
  socket.onclose = (event) => {
    events.push("close");
    close.fire(event);
  };
  return { events, opened: open.promise, message: message.promise, closed: close.promise };
}

function trickle(
  from: PlatformPeerConnection,
  to: PlatformPeerConnection,
  relay: <T extends object>(message: T) => Promise<T>,
): () => void {
  const { promise: isReady, fire } = signal();
  from.onicecandidate = ({ candidate }) => {
    if (!candidate?.candidate) return;
    const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    const message = { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment };
    // One that is of no use (another address family, a name that does not resolve) costs nothing.
    void Promise.all([relay(message), isReady])
      .then(([copied]) => to.addIceCandidate(withoutUndefined(copied)))
      .catch(() => {});
  };
  return fire;
}

/** Only the members that signaling carries. */
function plain({ type, sdp }: SessionDescription): SessionDescription {
  return { type, sdp };
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}

function copy<T>(message: T): Promise<T> {
  return Promise.resolve(JSON.parse(JSON.stringify(message)) as T);
}
