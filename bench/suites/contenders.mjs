/** Who takes part, the floor first. */
export const CONTENDERS = {
  chromium: ["bare", "peerjs", "simple-peer", "clayground"],
  node: ["bare", "clayground"],
};

/** What the floor is in each. */
export const RUNTIME_NAMES = {
  chromium: "two Chromium processes",
  node: "two Node processes",
};
