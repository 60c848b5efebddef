import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { DevServerError } from "../options.ts";

/** A certificate and its private key, as PEM texts. */
export interface Certificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** What a certificate is for. */
export interface CertifiedNames {
  /** Host names and IP addresses that it must have. */
  readonly needed: readonly string[];
  /** Host names and IP addresses that a new one gets besides. */
  readonly welcome: readonly string[];
}

// So that it does not expire in the middle of a game jam.
const RENEWED_BEFORE_MS = 7 * 24 * 3600 * 1000;

/**
 * Checks a certificate that a person gave.
 *
 * @throws DevServerError when it cannot be read, or the key is not its own
 */
export function checkCertificate({ cert, key }: Certificate): void {
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH" ? "the key is another certificate's" : message;
    throw new DevServerError(`Cannot use this certificate and key: ${reason}`, { cause: error });
  }
}

/** Whether a kept certificate is whole, valid for another week, and has all the names. */
export function isUsable({ cert, key }: Certificate, needed: readonly string[], now: number): boolean {
  try {
    const parsed = new X509Certificate(cert);
    return (
      parsed.checkPrivateKey(createPrivateKey(key)) &&
      Date.parse(parsed.validFrom) <= now &&
      Date.parse(parsed.validTo) > now + RENEWED_BEFORE_MS &&
      needed.every((name) => (isIP(name) ? parsed.checkIP(name) : parsed.checkHost(name)) !== undefined)
    );
  } catch {
    return false;
  }
}

/** The host names and addresses of a certificate; none when it cannot be read. */
export function namesOf(cert: string): readonly string[] {
  try {
    const names = new X509Certificate(cert).subjectAltName ?? "";
    return [...names.matchAll(/(?:DNS|IP Address):([\w.:-]+)/g)].map((match) => match[1]?.toLowerCase() ?? "");
  } catch {
    return [];
  }
}
