import { Network as CoreNetwork } from "@clayground/network";
import type { NetworkOptions, NetworkTypes } from "@clayground/network";
import { createNodePlatform } from "./node-platform.ts";

/**
 * The `Network` of `@clayground/network`, on Node's own platform.
 *
 * @example
 * ```ts
 * const network = new Network();
 * console.log(await network.host());
 * ```
 */
export class Network<T extends NetworkTypes = NetworkTypes> extends CoreNetwork<T> {
  constructor(options: NetworkOptions<T> = {}) {
    super({ ...options, platform: options.platform ?? createNodePlatform() });
  }
}
