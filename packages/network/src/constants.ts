/** How messages travel. */
export const Topology = {
  /** All nodes connect to the host, which passes on what they send to each other. */
  Star: "star",
  /** All nodes connect to each other; a pair that cannot goes through the host. */
  Mesh: "mesh",
} as const;
export type Topology = (typeof Topology)[keyof typeof Topology];

/** How nodes find each other. */
export const SignalingMode = {
  /** A PeerServer-compatible server on the internet or in the same network. */
  Cloud: "cloud",
  /** A server inside the host's own program, for one local network: nothing else is needed. Hosts run in Node. */
  Local: "local",
} as const;
export type SignalingMode = (typeof SignalingMode)[keyof typeof SignalingMode];

/** Where a network stands. */
export const Status = {
  Disconnected: "disconnected",
  Connecting: "connecting",
  Connected: "connected",
  /** The last attempt failed, or the network broke. `host()` and `join()` start anew. */
  Error: "error",
} as const;
export type Status = (typeof Status)[keyof typeof Status];
