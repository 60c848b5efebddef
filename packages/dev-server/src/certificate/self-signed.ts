import { isIP } from "node:net";

const DAY_MS = 24 * 3600 * 1000;
// Browsers take at most 398. A day of it lies in the past, for phones whose clock is behind.
const DAYS = 397;
// What a DNS name in a certificate may consist of; a machine's own name may be anything.
const DNS_NAME = /^[a-z\d_-]+(?:\.[a-z\d_-]+)*$/i;

/** Whether a certificate can name this host. */
export function isCertifiable(name: string): boolean {
  return DNS_NAME.test(name);
}

/** A certificate that was made here, and its private key, as PEM texts. */
export interface SelfSignedCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a self-signed certificate for IP addresses and {@link isCertifiable} host names. */
export async function generateCertificate(names: readonly string[], now: number): Promise<SelfSignedCertificate> {
  // Loaded only when it is needed: it takes 140 ms.
  const { generate } = await import("selfsigned");
  const altNames = names.map((name) =>
    isIP(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
  );
  const { cert, private: key } = await generate([{ name: "commonName", value: "clay-dev-server" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + (DAYS - 1) * DAY_MS),
    extensions: [
      // Not an authority: whoever trusts it trusts this server alone.
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return { cert, key };
}
