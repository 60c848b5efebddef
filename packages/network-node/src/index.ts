export { browserPlatform, isNetworkError, NetworkError, SignalingMode, StateInterpolator, Status, Topology } from "@clayground/network";
export type {
  ConnectionPhase,
  IceCandidate,
  IceServer,
  MessageInfo,
  MessageOf,
  NetworkErrorCode,
  NetworkErrorDetails,
  NetworkEvents,
  NetworkHandlers,
  NetworkOptions,
  NetworkSettings,
  NetworkSnapshot,
  NetworkTypes,
  PathInfo,
  PeerStats,
  PhaseTiming,
  Platform,
  PlatformDataChannel,
  PlatformPeerConnection,
  PlatformSocket,
  ReadonlyStats,
  SessionDescription,
  SocketFailure,
  StateInterpolatorOptions,
  StateOf,
  SyncStats,
  TimerHandle,
} from "@clayground/network";
export { Network } from "./network.ts";
export { createNodePlatform } from "./node-platform.ts";
export type { NodePlatformOptions } from "./node-platform.ts";
