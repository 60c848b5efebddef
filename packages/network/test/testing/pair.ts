import type { Platform, PlatformDataChannel, PlatformPeerConnection } from "../../src/platform/platform.ts";
import { MemoryNetwork } from "../../src/testing/index.ts";
import type { MemoryNetworkOptions } from "../../src/testing/index.ts";

/** Two machines, `a` and `b`, with an open channel of each kind between them. */
export interface Pair {
  readonly net: MemoryNetwork;
  readonly pc: { readonly a: PlatformPeerConnection; readonly b: PlatformPeerConnection };
  /** The offerer's ends and the answerer's. */
  readonly reliable: { readonly a: PlatformDataChannel; readonly b: PlatformDataChannel };
  readonly lossy: { readonly a: PlatformDataChannel; readonly b: PlatformDataChannel };
}

export async function connectedPair(options: MemoryNetworkOptions = {}): Promise<Pair> {
  const net = new MemoryNetwork(options);
  return connect(net, net.platform("a"), net.platform("b"));
}

export async function connect(net: MemoryNetwork, a: Platform, b: Platform): Promise<Pair> {
  const offerer = a.createPeerConnection({ iceServers: [] });
  const answerer = b.createPeerConnection({ iceServers: [] });
  const lossy = offerer.createDataChannel("state", { ordered: false, maxRetransmits: 0 });
  const reliable = offerer.createDataChannel("data");
  const received: PlatformDataChannel[] = [];
  const bothOpen = new Promise<void>((resolve) => {
    answerer.ondatachannel = ({ channel }) => {
      if (received.push(channel) === 2) resolve();
    };
  });
  await net.until(negotiate(offerer, answerer));
  await net.until(bothOpen);
  const [lossyB, reliableB] = received;
  return {
    net,
    pc: { a: offerer, b: answerer },
    reliable: { a: reliable, b: reliableB! },
    lossy: { a: lossy, b: lossyB! },
  };
}

/** Offer, answer and, unless told otherwise, candidates, with no signaling in between. */
export async function negotiate(
  offerer: PlatformPeerConnection,
  answerer: PlatformPeerConnection,
  { trickle = true }: { trickle?: boolean } = {},
): Promise<void> {
  offerer.onicecandidate = ({ candidate }) => {
    if (candidate && trickle) void answerer.addIceCandidate(candidate).catch(() => {});
  };
  answerer.onicecandidate = ({ candidate }) => {
    if (candidate && trickle) void offerer.addIceCandidate(candidate).catch(() => {});
  };
  const offer = await offerer.createOffer();
  await offerer.setLocalDescription(offer);
  await answerer.setRemoteDescription(offer);
  const answer = await answerer.createAnswer();
  await answerer.setLocalDescription(answer);
  await offerer.setRemoteDescription(answer);
}
