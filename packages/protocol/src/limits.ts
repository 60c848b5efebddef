/**
 * Longest signaling frame in UTF-16 units (on the server: bytes). Offers of Chromium and Firefox for
 * a data channel stay below 2 KiB, with all candidates inside below 8 KiB.
 */
export const MAX_SIGNAL_LENGTH: number = 64 * 1024;

/** Longest SDP. Leaves room for a frame's other keys and for JSON's escaping of each line end. */
export const MAX_SDP_LENGTH: number = 32 * 1024;

/** Longest ICE candidate line. Real ones have 60 to 250 characters. */
export const MAX_CANDIDATE_LENGTH: number = 1024;

/** Longest node id. Clayground's have 6 to 16 characters, PeerJS's own are UUIDs of 36. */
export const MAX_ID_LENGTH: number = 64;

/** Longest name: a connection id (two ids and `_`), a channel label, an ICE user fragment (RFC 8839: 256). */
export const MAX_NAME_LENGTH: number = 256;

/** Longest text of a peer or server that is shown to a person: a reason, an error message. */
export const MAX_REASON_LENGTH: number = 200;

/** Longest type of a signaling message. The longest in use, `CANDIDATE`, has 9 characters. */
export const MAX_SIGNAL_TYPE_LENGTH: number = 32;

/** Deepest JSON. Deeper data can exhaust the stack of code that walks it; a signaling frame has 4 levels. */
export const MAX_DEPTH: number = 64;

/** Largest data-channel frame in bytes: what Chromium, Firefox and libdatachannel announce as `max-message-size`. */
export const MAX_FRAME_BYTES: number = 256 * 1024;

/** Most ids in one roster frame. Networks have up to 8 nodes; existing native hosts hold no limit. */
export const MAX_ROSTER_LENGTH: number = 256;
