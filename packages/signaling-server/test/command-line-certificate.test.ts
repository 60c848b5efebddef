import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createTlsServer,
  watchCertificate,
  type CertificateFiles,
  type CertificateWatch,
} from "../src/command-line/certificate.ts";
import { writeCertificate } from "./certificates.ts";

// Never reached: the test says itself when to look.
const NEVER_MS = 3_600_000;

describe("a certificate that is renewed", () => {
  let folder: string;
  let files: CertificateFiles;
  let server: Server;
  let watch: CertificateWatch;
  /** What each reading came to. */
  let readings: unknown[];
  let onReading: () => void;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "clayground-certificate-"));
    files = writeCertificate(folder, "first.example");
    server = createTlsServer(files, {});
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    readings = [];
    onReading = () => undefined;
  });
  afterEach(() => {
    watch.stop();
    server.close();
    rmSync(folder, { recursive: true });
  });

  function startWatch(pollMs: number): void {
    watch = watchCertificate(
      server,
      files,
      (error) => {
        readings.push(error);
        onReading();
      },
      pollMs,
    );
  }

  async function nameServed(): Promise<unknown> {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return subject.CN;
  }

  test("is taken when it is asked for, without a restart", async () => {
    startWatch(NEVER_MS);
    expect(await nameServed()).toBe("first.example");
    writeCertificate(folder, "second.example");
    watch.reload();
    expect(readings).toEqual([undefined]);
    expect(await nameServed()).toBe("second.example");
  });

  test("is taken by itself when the files change", async () => {
    startWatch(20);
    const read = new Promise<void>((resolve) => {
      // Between certificate and key a reading may fail; the next one does not.
      onReading = () => readings.at(-1) === undefined && resolve();
    });
    writeCertificate(folder, "second.example");
    await read;
    expect(await nameServed()).toBe("second.example");
  });

  test("that does not fit its key is refused, and the one before stays", async () => {
    startWatch(NEVER_MS);
    const other = mkdtempSync(join(folder, "other-"));
    const { cert } = writeCertificate(other, "other.example");
    copyFileSync(cert, files.cert);
    watch.reload();
    expect(readings).toEqual([expect.any(Error)]);
    expect(await nameServed()).toBe("first.example");
  });

  test("that is gone is refused, and the one before stays", async () => {
    startWatch(NEVER_MS);
    rmSync(files.key);
    watch.reload();
    expect(readings).toEqual([expect.objectContaining({ code: "ENOENT" })]);
    expect(await nameServed()).toBe("first.example");
  });
});

test("a certificate that does not fit its key is refused at the start", () => {
  const folder = mkdtempSync(join(tmpdir(), "clayground-certificate-"));
  const { cert } = writeCertificate(folder, "one.example");
  const other = mkdtempSync(join(folder, "other-"));
  const { key } = writeCertificate(other, "other.example");
  expect(() => createTlsServer({ cert, key }, {})).toThrow(/mismatch/);
  rmSync(folder, { recursive: true });
});
