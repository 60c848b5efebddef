import { once } from "node:events";
import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { RawSignalingClient } from "./signaling-client.ts";
import { bindingSuccess, isBindingRequest, isDtls } from "./stun.ts";

/** How far a {@link startStallingHost} lets a joiner come. */
export type StallPoint = "before the answer" | "during ICE" | "before the data channels";

/** A host that stops half-way. */
export interface StallingHost {
  /** Where it can be joined. */
  code: string;
  /** Resolves when the next joiner waits at the point. */
  reached(): Promise<void>;
  close(): Promise<void>;
}

const UFRAG = "stal";
const PASSWORD = "stallingstallingstalling";

/** A host that takes the offer and then goes no further than `point`, for ever. */
export async function startStallingHost(url: string, code: string, point: StallPoint): Promise<StallingHost> {
  const signaling = await RawSignalingClient.connect(url, code);
  const udp = createSocket("udp4");
  udp.bind(0);
  await once(udp, "listening");
  let reach = (): void => undefined;
  udp.on("message", (datagram, from) => {
    if (isBindingRequest(datagram)) {
      if (point === "during ICE") reach();
      else udp.send(bindingSuccess(datagram, from, PASSWORD), from.port, from.address);
    } else if (isDtls(datagram)) reach();
  });
  signaling.onSignal = ({ type, src = "", payload }) => {
    if (type !== "OFFER") return;
    if (point === "before the answer") return reach();
    const { connectionId } = payload as { connectionId: string };
    signaling.send("ANSWER", src, {
      connectionId,
      sdp: { sdp: answer(udp.address().port), type: "answer" },
      type: "data",
    });
  };
  return {
    code,
    reached: () => new Promise((resolve) => (reach = resolve)),
    close: async () => {
      udp.close();
      await signaling.close();
    },
  };
}

/** `setup:passive` makes the joiner begin DTLS, and nobody answer it. */
function answer(port: number): string {
  const lines = ["v=0", "o=- 1 0 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "a=ice-lite"];
  lines.push("m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:0", "a=sendrecv");
  lines.push(`a=ice-ufrag:${UFRAG}`, `a=ice-pwd:${PASSWORD}`, "a=setup:passive");
  lines.push(`a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "AB").join(":")}`);
  lines.push("a=sctp-port:5000", "a=max-message-size:262144");
  for (const address of addresses()) lines.push(`a=candidate:1 1 UDP 2122317823 ${address} ${port} typ host`);
  return `${lines.join("\r\n")}\r\n`;
}

function addresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address);
}
