import type { NetworkTypes } from "./events.ts";
import { followIceServers } from "./ice-server-source.ts";
import { findLanPlace } from "./lan-place.ts";
import type { AllEvents } from "./lifecycle.ts";
import type { NetworkState } from "./network-state.ts";
import { DEFAULT_ICE_SERVERS, toIceServers } from "./options.ts";
import type { NetworkSettings } from "./options.ts";
import type { IceServer, Platform } from "./platform/platform.ts";
import type { LanPlace } from "./session/session.ts";
import type { Emitter } from "./util/emitter.ts";

/** What {@link prepare} needs to know. */
export interface Preparation {
  readonly platform: Platform;
  /** Tells when the network is over, and hears what goes wrong. */
  readonly emitter: Emitter<AllEvents<NetworkTypes>>;
  readonly state: NetworkState;
  readonly source: NetworkSettings["iceServers"];
  readonly signalingUrl: string;
  /** The ICE servers, kept up to date in place; connections read it when they are made. */
  readonly list: IceServer[];
  /** What a person typed that is no code of the cloud; `true` for a host in LAN mode; `undefined` in the cloud. */
  readonly lan: string | true | undefined;
}

/**
 * What most attempts do not need before they begin: ICE servers that have to be asked for, and LAN mode. A file of its
 * own, so that pages load it only then.
 *
 * @throws NetworkError (rejection) as {@link findLanPlace}
 */
export async function prepare(preparation: Preparation): Promise<LanPlace | undefined> {
  const { platform, source, list, lan } = preparation;
  if (lan === undefined) {
    await followIceServers(preparation);
    return undefined;
  }
  // In one room nobody needs the default ones, and where no way leads out of it, nobody waits for others.
  if (typeof source === "object" && source !== DEFAULT_ICE_SERVERS) {
    if (platform.resolveIceServers) void followIceServers(preparation);
    else list.push(...toIceServers(source));
  }
  return findLanPlace({ ...preparation, lan });
}
