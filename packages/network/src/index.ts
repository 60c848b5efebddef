export { SignalingMode, Status, Topology } from "./constants.ts";
export type { PeerStats } from "./diagnostics/peer-stats.ts";
export type { PhaseTiming } from "./diagnostics/phase-timer.ts";
export { isNetworkError, NetworkError } from "./errors.ts";
export type { NetworkErrorCode, NetworkErrorDetails } from "./errors.ts";
export type {
  MessageInfo,
  MessageOf,
  NetworkEvents,
  NetworkHandlers,
  NetworkSnapshot,
  NetworkTypes,
  StateInfo,
  StateOf,
} from "./events.ts";
export { Network } from "./network.ts";
export type { HostOptions, NetworkOptions } from "./network.ts";
export type { NetworkSettings } from "./options.ts";
export { browserPlatform } from "./platform/browser.ts";
export { invitation } from "./platform/browser-invitation.ts";
export type {
  IceCandidate,
  IceServer,
  Platform,
  PlatformDataChannel,
  PlatformHttp,
  PlatformLanServer,
  PlatformPeerConnection,
  PlatformSocket,
  ReadonlyStats,
  SessionDescription,
  SocketFailure,
  TimerHandle,
} from "./platform/platform.ts";
export type { Delivery } from "./session/delivery.ts";
export type { ConnectionPhase } from "./session/session.ts";
export type { MessageProgress, SendOptions } from "./session/transfer-wire.ts";
export type { SyncStats } from "./session/state-tracker.ts";
export type { PathInfo } from "./transport/path-info.ts";
export { StateInterpolator } from "./state-interpolator.ts";
export type { StateInterpolatorOptions } from "./state-interpolator.ts";
