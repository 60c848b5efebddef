/** @typedef {{ address: string, port: number }} Address */

/** A UDP candidate with an IPv4 address, in SDP or by itself: what stands before the address, address, port, the rest. */
const CANDIDATE = /candidate:\S+ \d+ udp \d+ (\S+) (\d+) typ /i;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/**
 * Puts other addresses in place of a side's own, wherever they stand in its signals; other candidates vanish.
 * @param {any} payload Of a signal.
 * @param {(address: Address) => Address | undefined} replace
 * @returns {any} `undefined` when it was only a candidate that vanishes.
 */
export function replaceCandidates(payload, replace) {
  if (typeof payload === "string") {
    if (!payload.includes("candidate:")) return payload;
    const lines = payload.split("\r\n").flatMap((line) => {
      const [, address = "", port] = CANDIDATE.exec(line) ?? [];
      if (!line.includes("candidate:")) return line;
      const other = IPV4.test(address) ? replace({ address, port: Number(port) }) : undefined;
      return other ? line.replace(` ${address} ${port} typ `, ` ${other.address} ${other.port} typ `) : [];
    });
    return lines.length > 0 ? lines.join("\r\n") : undefined;
  }
  if (Array.isArray(payload))
    return payload.map((one) => replaceCandidates(one, replace)).filter((one) => one !== undefined);
  if (typeof payload !== "object" || payload === null) return payload;
  /** @type {Record<string, unknown>} */
  const copy = {};
  for (const [key, value] of Object.entries(payload)) {
    copy[key] = replaceCandidates(value, replace);
    if (copy[key] === undefined && value !== undefined) return undefined;
  }
  return copy;
}
