export {
  browserPlatform,
  invitation,
  isNetworkError,
  NetworkError,
  SignalingMode,
  StateInterpolator,
  Status,
  Topology,
} from "@clayground/network";
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
  NetworkSettings,
  NetworkSnapshot,
  NetworkTypes,
  PathInfo,
  PeerStats,
  PhaseTiming,
  Platform,
  PlatformDataChannel,
  PlatformHttp,
  PlatformLanServer,
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
export { discoverNetworks } from "@clayground/lan";
export type { DiscoveredNetwork, DiscoverOptions } from "@clayground/lan";
export type { LanSettings } from "./lan-settings.ts";
export { Network } from "./network.ts";
export type { HostOptions, NetworkOptions } from "./network.ts";
export { createNodePlatform } from "./node-platform.ts";
export type { NodePlatformOptions } from "./node-platform.ts";
