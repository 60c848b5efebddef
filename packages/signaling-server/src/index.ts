/** A PeerServer-compatible signaling server, alone or on an HTTP server that is there already. */
export { handleSignalingRequest, type SignalingLocation } from "./http-requests.ts";
export type { RealmLimits } from "./limits.ts";
export { createSignalingServer, type SignalingServer, type SignalingServerOptions } from "./server.ts";
