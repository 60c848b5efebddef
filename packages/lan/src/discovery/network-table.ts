import { decodeLanCode, encodeLanCode } from "@clayground/protocol";
import { MAX_CODES, type Announcement } from "./announcement.ts";

/** A network that somebody on the local network hosts. */
export interface DiscoveredNetwork {
  /** As its host calls it. Written by a stranger: show it as text, never as HTML. */
  readonly name: string;
  /** What to join: the first of `codes`. */
  readonly code: string;
  /** All its codes, 8 at most. The first has the address that it was heard from: that one is reachable from here. */
  readonly codes: readonly string[];
  /** How many nodes are in, the host included. */
  readonly nodeCount: number;
  /** How many nodes it takes, the host included. */
  readonly maxNodes: number;
  /** Which game it is; `""` when its host does not say. */
  readonly appId: string;
}

/** Where a host's server is. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** What an attempt to connect found. */
export type CheckResult = "answered" | "refused" | "silent";

/** One instance, heard from one address. A host with two interfaces is heard from two. */
interface Sighting {
  readonly instance: string;
  readonly source: string;
  readonly announcement: Announcement;
  readonly expiresAt: number;
  /** Whether it has answered once. Only then it is listed. */
  readonly isConfirmed: boolean;
  /** Checks in a row without an answer. */
  readonly silences: number;
}

/** All that is known, in the order in which it was heard first. */
export type NetworkTable = readonly Sighting[];

/** What changes a table. */
export type TableEvent =
  | {
      readonly type: "heard";
      readonly instance: string;
      readonly source: string;
      readonly announcement: Announcement;
      readonly ttl: number;
    }
  | { readonly type: "left"; readonly instance: string; readonly source: string }
  | ({ readonly type: "checked"; readonly result: CheckResult } & Place)
  | { readonly type: "time" };

// Whoever floods the table takes only so much memory, and so many checks.
const MAX_NETWORKS = 64;
const MAX_NETWORKS_OF_ONE_SOURCE = 8;
const MAX_SOURCES_OF_ONE_NETWORK = 4;
// One lost packet is no end.
const MAX_SILENCES = 2;

/** The table after an event. `now` in milliseconds. */
export function reduceNetworks(table: NetworkTable, event: TableEvent, now: number): NetworkTable {
  switch (event.type) {
    case "heard":
      return heard(table, event, now);
    case "left":
      return table.filter((each) => !(each.instance === event.instance && each.source === event.source));
    case "checked":
      return table.flatMap((each) => (isAt(each, event) ? afterCheck(each, event.result) : [each]));
    case "time":
      return table.filter(({ expiresAt }) => now < expiresAt);
  }
}

/** Every place that must be checked, once: only ever where a packet came from, never what it claims. */
export function placesOf(table: NetworkTable): readonly Place[] {
  const places = table.map(({ source, announcement }): Place => ({ address: source, port: announcement.port }));
  return [...new Map(places.map((place) => [`${place.address}:${place.port}`, place])).values()];
}

/** What to show, sorted by name, then by code. With an `appId`, only that game's. */
export function listNetworks(table: NetworkTable, appId = ""): readonly DiscoveredNetwork[] {
  const confirmed = table.filter(({ isConfirmed }) => isConfirmed);
  const instances = [...new Set(confirmed.map(({ instance }) => instance))];
  const networks = instances
    .map((instance) => asNetwork(confirmed.filter((each) => each.instance === instance)))
    .filter((network) => network !== undefined)
    .filter((network) => appId === "" || network.appId === appId)
    .sort((one, other) => compare(one.name, other.name) || compare(one.code, other.code));
  return Object.freeze(networks);
}

function heard(table: NetworkTable, event: TableEvent & { type: "heard" }, now: number): NetworkTable {
  const { instance, source, announcement } = event;
  const place: Place = { address: source, port: announcement.port };
  const expiresAt = now + event.ttl * 1000;
  const old = table.find((each) => each.instance === instance && each.source === source);
  if (old !== undefined) {
    const same = old.announcement.port === place.port;
    const renewed: Sighting = { ...old, announcement, expiresAt, isConfirmed: same && old.isConfirmed };
    return table.map((each) => (each === old ? renewed : each));
  }
  // A host that was started anew on its port has another instance: the old one is not told apart by a check.
  const others = table.filter((each) => !isAt(each, place));
  const instances = new Set(others.map((each) => each.instance));
  const ofSource = others.filter((each) => each.source === source);
  const ofInstance = others.filter((each) => each.instance === instance);
  const isFull =
    (!instances.has(instance) && instances.size >= MAX_NETWORKS) ||
    ofSource.length >= MAX_NETWORKS_OF_ONE_SOURCE ||
    ofInstance.length >= MAX_SOURCES_OF_ONE_NETWORK;
  if (isFull) return table;
  return [...others, { instance, source, announcement, expiresAt, isConfirmed: false, silences: 0 }];
}

function afterCheck(sighting: Sighting, result: CheckResult): Sighting[] {
  if (result === "answered") return [{ ...sighting, isConfirmed: true, silences: 0 }];
  const silences = sighting.silences + 1;
  return result === "refused" || silences >= MAX_SILENCES ? [] : [{ ...sighting, silences }];
}

/** One network from all its sightings: what the one says that answers and is known longest. */
function asNetwork(sightings: readonly Sighting[]): DiscoveredNetwork | undefined {
  // Heard while this machine was in no network; now others may read the list, too, such as phones on clay-dev-server.
  const order = ({ source, silences }: Sighting): number => (isLoopback(source) ? MAX_SILENCES : 0) + silences;
  const best = [...sightings].sort((one, other) => order(one) - order(other));
  const [first] = best;
  const codes = best.flatMap(({ source, announcement }) => {
    const code = encodeLanCode({ address: source, port: announcement.port });
    return code === undefined ? [] : [code];
  });
  const [code] = codes;
  if (first === undefined || code === undefined) return undefined;
  const { name, nodeCount, maxNodes, appId } = first.announcement;
  const claimed = first.announcement.codes.filter((each) => !isLoopback(decodeLanCode(each)?.address ?? ""));
  const all = [...new Set([...codes, ...claimed])].slice(0, MAX_CODES);
  return Object.freeze({ name, code, codes: Object.freeze(all), nodeCount, maxNodes, appId });
}

function isAt({ source, announcement }: Sighting, { address, port }: Place): boolean {
  return source === address && announcement.port === port;
}

/** From elsewhere, it would lead to this machine's own programs. Heard from here, it is among the sources. */
function isLoopback(address: string): boolean {
  return address.startsWith("127.");
}

/** By UTF-16 units: the same everywhere, whatever language the system has. */
function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
