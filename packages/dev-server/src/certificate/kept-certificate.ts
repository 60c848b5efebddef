import { randomUUID } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { DevServerError } from "../options.ts";
import { namesOf, isUsable, type CertifiedNames } from "./certificate.ts";
import { generateCertificate, type SelfSignedCertificate } from "./self-signed.ts";

/** Where certificates are kept, and what time it is. */
export interface CertificateStore {
  /** @default "~/.clay-dev-cert" */
  readonly folder?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

// Key and certificate in one file, so that they are replaced together.
const FILE = "certificate.pem";
const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
// Who works in two places alternates between their addresses, and need not accept a new certificate each time.
const MAX_OLD_NAMES = 32;

/**
 * The user's self-signed certificate: the one that is kept, or a new one where that is missing, broken, about
 * to expire, or lacks a name. Several servers may do this at once.
 *
 * @throws DevServerError as a rejection, when it cannot be kept
 */
export async function keptCertificate(
  { needed, welcome }: CertifiedNames,
  { folder = defaultFolder(), now = Date.now }: CertificateStore = {},
): Promise<SelfSignedCertificate> {
  const file = join(folder, FILE);
  try {
    // Also when it has been there before: it holds a private key.
    await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    await chmod(folder, OWNER_ONLY_FOLDER);
    const kept = await readKept(file);
    if (kept !== undefined && isUsable(kept, needed, now())) {
      await chmod(file, OWNER_ONLY);
      return kept;
    }
    const old = kept === undefined ? [] : namesOf(kept.cert).slice(0, MAX_OLD_NAMES);
    const made = await generateCertificate([...new Set([...needed, ...welcome, ...old])], now());
    // Another server may have been faster: then both use one, and it is accepted once.
    const other = await readKept(file);
    if (other !== undefined && isUsable(other, needed, now())) return other;
    await replace(file, made.key + made.cert);
    return made;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DevServerError(
      `Cannot keep a certificate in ${folder} (${reason}); make it writable, or give --cert and --key`,
      { cause: error },
    );
  }
}

function defaultFolder(): string {
  const home = homedir();
  // Else the private key would be written to wherever the command was started.
  if (!isAbsolute(home))
    throw new DevServerError("There is no home folder to keep a certificate in; give --cert and --key");
  return join(home, ".clay-dev-cert");
}

async function readKept(file: string): Promise<SelfSignedCertificate | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    // It is replaced, unless that is impossible too.
    return undefined;
  }
  const key = /-----BEGIN PRIVATE KEY-----[^-]*-----END PRIVATE KEY-----\s*/.exec(text)?.[0];
  const cert = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\s*/.exec(text)?.[0];
  return key === undefined || cert === undefined ? undefined : { cert, key };
}

/** A reader sees the old file or the new one, and never a part. */
async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(temporary, text, { mode: OWNER_ONLY, flag: "wx" });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
