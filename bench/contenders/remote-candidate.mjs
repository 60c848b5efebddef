/**
 * Now and then libdatachannel 0.24.5 has no ICE transport yet just after `setRemoteDescription`, and throws: once more a
 * moment later, then.
 * @param {import("node-datachannel").PeerConnection | undefined} pc
 * @param {{ candidate: string, sdpMid: string }} candidate
 * @param {number} [tries]
 */
export function addRemoteCandidate(pc, { candidate, sdpMid }, tries = 100) {
  try {
    pc?.addRemoteCandidate(candidate, sdpMid);
  } catch {
    // Or the other side has left already: then the tries end.
    if (tries > 0) setTimeout(() => addRemoteCandidate(pc, { candidate, sdpMid }, tries - 1), 1);
  }
}
