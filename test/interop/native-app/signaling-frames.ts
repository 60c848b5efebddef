import type { JsonObject } from "./json.ts";

/** From whom to whom, and whether over a PeerServer: only there a frame names its browser. */
export interface Route {
  readonly me: string;
  readonly dst: string;
  readonly isCloud: boolean;
}

function browser({ isCloud }: Route): JsonObject {
  return isCloud ? { browser: "libdatachannel" } : {};
}

/** A joiner's; it alone makes up the id of the connection. */
export function offerFrame(route: Route, sdp: string): JsonObject {
  const connectionId = `${route.me}_${route.dst}`;
  return {
    dst: route.dst,
    payload: {
      ...browser(route),
      connectionId,
      label: connectionId,
      reliable: true,
      sdp: { sdp, type: "offer" },
      serialization: "json",
      type: "data",
    },
    type: "OFFER",
  };
}

/** @param connectionId the offer's */
export function answerFrame(route: Route, connectionId: string, sdp: string): JsonObject {
  return {
    dst: route.dst,
    payload: { ...browser(route), connectionId, sdp: { sdp, type: "answer" }, type: "data" },
    type: "ANSWER",
  };
}

/** Of both sides. The host's has the id of the connection reversed, not the offer's (B1). */
export function candidateFrame({ me, dst }: Route, candidate: string, sdpMid: string): JsonObject {
  return {
    dst,
    payload: { candidate: { candidate, sdpMLineIndex: 0, sdpMid }, connectionId: `${me}_${dst}`, type: "data" },
    type: "CANDIDATE",
  };
}

/** @param connectionId the offer's */
export function rejectFrame({ dst }: Route, connectionId: string): JsonObject {
  return { dst, payload: { connectionId, reason: "Network full", type: "data" }, type: "REJECT" };
}

/** What a client of a LAN server has to say first. */
export function introductionFrame(id: string): JsonObject {
  return { id };
}

/** How the LAN server answers it. */
export function lanOpenFrame(id: string): JsonObject {
  return { id, type: "OPEN" };
}
