import { readFileSync } from "node:fs";
import { createServer, type Server as HttpsServer, type ServerOptions } from "node:https";
import { createSecureContext, type SecureContextOptions } from "node:tls";

/** Where a certificate chain and its key are, in PEM form. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Told each time that the files were read anew: nothing when all is well, else why the old ones stay. */
export type ReloadListener = (error: unknown) => void;

/** Looks after the files of a server. */
export interface CertificateWatch {
  /** Reads them at once. */
  reload(): void;
  stop(): void;
}

/** How often the files are looked at. They change every two months, and weeks before they expire. */
const POLL_MS = 30_000;

/**
 * Makes an HTTPS server from certificate files.
 *
 * @throws what is wrong with the files
 */
export function createTlsServer(files: CertificateFiles, options: ServerOptions): HttpsServer {
  return createServer({ ...options, ...readCertificate(files) });
}

/**
 * Looks after the files, so that a renewal needs no restart: new connections get the new certificate.
 */
export function watchCertificate(
  server: HttpsServer,
  files: CertificateFiles,
  onReload: ReloadListener,
  pollMs: number = POLL_MS,
): CertificateWatch {
  const reload = (): void => {
    try {
      server.setSecureContext(readCertificate(files));
      onReload(undefined);
    } catch (error) {
      // Between two files that are written one after the other, they do not fit: the next change comes soon.
      onReload(error);
    }
  };
  let known = contentOf(files);
  // Polled, because certbot exchanges symbolic links, and a watch stays with the file behind the old one.
  const polling = setInterval(() => {
    const content = contentOf(files);
    if (content === known) return;
    known = content;
    reload();
  }, pollMs);
  polling.unref();
  return { reload, stop: () => clearInterval(polling) };
}

/** What is in the files, or why they cannot be read. */
function contentOf({ cert, key }: CertificateFiles): string {
  try {
    return readFileSync(cert, "latin1") + readFileSync(key, "latin1");
  } catch (error) {
    return String(error);
  }
}

function readCertificate({ cert, key }: CertificateFiles): SecureContextOptions {
  const options = { cert: readFileSync(cert), key: readFileSync(key) };
  // Throws when the two do not belong together.
  createSecureContext(options);
  return options;
}
