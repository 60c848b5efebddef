import type { PlatformDataChannel, PlatformPeerConnection } from "@clayground/network";

/** Carries offer, answer and candidates between two connections; the answer may be changed on its way. */
export async function negotiate(
  a: PlatformPeerConnection,
  b: PlatformPeerConnection,
  change: (sdp: string) => string = (sdp) => sdp,
): Promise<void> {
  let describe: () => void = () => {};
  const described = new Promise<void>((resolve) => (describe = resolve));
  const trickle = (from: PlatformPeerConnection, to: PlatformPeerConnection): void => {
    from.onicecandidate = ({ candidate }) => {
      // A connection that is closed meanwhile rejects them.
      if (candidate) described.then(() => to.addIceCandidate(candidate)).catch(() => {});
    };
  };
  trickle(a, b);
  trickle(b, a);
  const offer = await a.createOffer();
  await a.setLocalDescription(offer);
  await b.setRemoteDescription(offer);
  const answer = await b.createAnswer();
  await b.setLocalDescription(answer);
  await a.setRemoteDescription({ type: "answer", sdp: change(answer.sdp) });
  describe();
}

/** Settles when the channel is open. */
export function opened(channel: PlatformDataChannel): Promise<void> {
  return new Promise((resolve) => {
    channel.onopen = resolve;
    if (channel.readyState === "open") resolve();
  });
}

/** A connected pair with one channel, and its other end. */
export async function connect(
  a: PlatformPeerConnection,
  b: PlatformPeerConnection,
): Promise<{ near: PlatformDataChannel; far: PlatformDataChannel }> {
  const near = a.createDataChannel("data");
  const came = new Promise<PlatformDataChannel>((resolve) => (b.ondatachannel = ({ channel }) => resolve(channel)));
  // A channel may open before its connection says that it is connected.
  const areConnected = Promise.all([connected(a), connected(b)]);
  await negotiate(a, b);
  await areConnected;
  await opened(near);
  const far = await came;
  await opened(far);
  return { near, far };
}

function connected(pc: PlatformPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === "connected") resolve();
    };
  });
}
