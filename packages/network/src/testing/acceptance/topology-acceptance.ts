import { bindScenarios } from "./scenario.ts";
import type { AcceptanceTest } from "./scenario.ts";
import type { TopologyContext } from "./test-node.ts";
import { bytesScenarios } from "./topology-bytes.ts";
import { membershipScenarios } from "./topology-membership.ts";
import { messageScenarios } from "./topology-messages.ts";

/**
 * What a network must do whatever its topology and its nodes run on, as tests for any runner.
 *
 * @param setup makes what {@link TopologyContext} asks for, anew for each test
 * @example
 * ```ts
 * for (const { name, run } of topologyAcceptance(setup)) test(name, run);
 * ```
 */
export function topologyAcceptance(setup: () => Promise<TopologyContext> | TopologyContext): readonly AcceptanceTest[] {
  return bindScenarios([...membershipScenarios, ...messageScenarios, ...bytesScenarios], setup);
}
