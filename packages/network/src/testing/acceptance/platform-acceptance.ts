import { basicScenarios, socketScenarios } from "./platform-basics.ts";
import { channelScenarios } from "./platform-channels.ts";
import type { PlatformContext } from "./platform-context.ts";
import { negotiationScenarios } from "./platform-negotiation.ts";
import { bindScenarios } from "./scenario.ts";
import type { AcceptanceTest } from "./scenario.ts";

/**
 * What every `Platform` must do, as tests for any runner.
 *
 * @param setup makes two platforms that can reach each other, anew for each test
 * @example
 * ```ts
 * for (const { name, run } of platformAcceptance(setup)) test(name, run);
 * ```
 */
export function platformAcceptance(setup: () => Promise<PlatformContext> | PlatformContext): readonly AcceptanceTest[] {
  return bindScenarios([...basicScenarios, ...socketScenarios, ...negotiationScenarios, ...channelScenarios], setup);
}
