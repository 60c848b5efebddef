export { NetworkTestNode } from "./acceptance/network-test-node.ts";
export type { TestableNetwork } from "./acceptance/network-test-node.ts";
export { platformAcceptance } from "./acceptance/platform-acceptance.ts";
export type { PlatformContext } from "./acceptance/platform-context.ts";
export { realTime, virtualTime } from "./acceptance/scenario.ts";
export type { AcceptanceTest, ScenarioContext, Waiting } from "./acceptance/scenario.ts";
export { signalingAcceptance } from "./acceptance/signaling-acceptance.ts";
export type { SignalingContext } from "./acceptance/signaling-acceptance.ts";
export { EventRecorder } from "./acceptance/test-node.ts";
export type {
  TestEvent,
  TestEventName,
  TestNode,
  TestNodeOptions,
  TestNodeSnapshot,
  TopologyContext,
} from "./acceptance/test-node.ts";
export { topologyAcceptance } from "./acceptance/topology-acceptance.ts";
export type { LinkConditions } from "./link-conditions.ts";
export type { OpenResources } from "./machine.ts";
export { MemoryNetwork } from "./memory-network.ts";
export type { MemoryNetworkOptions } from "./memory-network.ts";
export type { MemoryPlatform } from "./memory-platform.ts";
export type { MemorySignaling, MemorySignalingOptions, SignalingFrame } from "./memory-signaling.ts";
