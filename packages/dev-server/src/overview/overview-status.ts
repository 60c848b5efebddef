import { qrPath, type QrPath } from "./qr-path.ts";

/** What the overview page shows. */
export interface OverviewState {
  /** The name of the project's folder. */
  readonly name: string;
  /** Where the project is found: by this machine, and by others nearby. */
  readonly urls: { readonly local: string; readonly lan: readonly string[] };
  /** The ids of the peers that are connected to signaling now. */
  peers(): readonly string[];
  /** What others nearby host; `undefined` while that is looked for. @default nobody looks for it */
  nearby?(): readonly NearbyGame[] | undefined;
  /** Further pages that exist, such as the doctor. @default none */
  readonly links?: readonly OverviewLink[];
}

/** What the page shows of a `DiscoveredNetwork`. The page's types have nothing of Node in them. */
export interface NearbyGame {
  readonly name: string;
  readonly code: string;
  readonly nodeCount: number;
  readonly maxNodes: number;
  readonly appId: string;
}

/** A page that the overview page leads to. */
export interface OverviewLink {
  readonly title: string;
  /** Its path on this server, with the slash in front. */
  readonly path: string;
}

/** The answer to `GET /clayground/status.json`; `client/overview.js` reads it. */
export interface OverviewStatus {
  readonly name: string;
  readonly local: string;
  readonly lan: readonly { readonly url: string; readonly qr: QrPath }[];
  readonly links: readonly OverviewLink[];
  /** Codes of the networks that can be joined, sorted. */
  readonly networks: readonly string[];
  /** How many more networks there are than are named. */
  readonly moreNetworks: number;
  /** How many other peers are connected: those that join, and hosts with ids of their own. */
  readonly others: number;
  /** Networks of the local network, sorted. Their names are written by strangers. */
  readonly nearby: readonly NearbyGame[] | "searching" | "off";
}

// Network codes as `@clayground/protocol` draws them.
const NETWORK_CODE = /^[A-HJ-NP-Z2-9]{6}$/;
/** More than anybody reads; thousands of bots must not make the page slow. */
const MAX_NETWORKS = 100;

/** Makes the answer for the page. */
export function overviewStatus({ name, urls, peers, nearby, links = [] }: OverviewState): OverviewStatus {
  const ids = peers();
  const networks = ids.filter((id) => NETWORK_CODE.test(id)).sort();
  return {
    name,
    local: urls.local,
    lan: urls.lan.map((url) => ({ url, qr: qrPath(url) })),
    links,
    networks: networks.slice(0, MAX_NETWORKS),
    moreNetworks: Math.max(0, networks.length - MAX_NETWORKS),
    others: ids.length - networks.length,
    nearby: nearby === undefined ? "off" : (nearby() ?? "searching"),
  };
}
