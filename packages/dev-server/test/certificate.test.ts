import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { isUsable } from "../src/certificate/certificate.ts";
import { keptCertificate } from "../src/certificate/kept-certificate.ts";
import { generateCertificate } from "../src/certificate/self-signed.ts";

const DAY_MS = 24 * 3600 * 1000;
const NAMES = { needed: ["localhost", "laptop.local", "127.0.0.1", "::1", "192.168.1.5"], welcome: ["fd00::2"] };

function makeFolder(): { folder: string; file: string } {
  const parent = mkdtempSync(join(tmpdir(), "clay-dev-cert-"));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const folder = join(parent, ".clay-dev-cert");
  return { folder, file: join(folder, "certificate.pem") };
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("a certificate of one's own making", () => {
  test("is what browsers ask for", async () => {
    const { cert, key } = await generateCertificate([...NAMES.needed, ...NAMES.welcome], Date.now());
    const parsed = new X509Certificate(cert);
    expect(parsed.subjectAltName).toBe(
      "DNS:localhost, DNS:laptop.local, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:192.168.1.5, IP Address:FD00:0:0:0:0:0:0:2",
    );
    expect(parsed.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    expect(parsed.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]); // serverAuth, RFC 5280
    expect(parsed.ca).toBe(false);
    const days = (Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)) / DAY_MS;
    expect(days).toBeGreaterThan(390);
    expect(days).toBeLessThanOrEqual(397);
    expect(Date.parse(parsed.validFrom)).toBeLessThan(Date.now() - DAY_MS / 2);
    expect(isUsable({ cert, key }, NAMES.needed, Date.now())).toBe(true);
  });

  test("OpenSSL finds nothing wrong with it", async () => {
    const { folder, file } = makeFolder();
    await keptCertificate(NAMES, { folder });
    const verified = execFileSync("openssl", [
      "verify",
      "-x509_strict",
      "-purpose",
      "sslserver",
      "-verify_ip",
      "192.168.1.5",
      "-CAfile",
      file,
      "-partial_chain",
      file,
    ]);
    expect(verified.toString()).toContain("OK");
  });
});

describe("the certificate that is kept", () => {
  test("is the same at the next start, and nobody else may read it", async () => {
    const { folder, file } = makeFolder();
    const first = await keptCertificate(NAMES, { folder });
    expect(await keptCertificate(NAMES, { folder })).toEqual(first);
    expect([modeOf(folder), modeOf(file)]).toEqual([0o700, 0o600]);
    expect(readdirSync(folder)).toEqual(["certificate.pem"]);
  });

  test("loses rights that others were given", async () => {
    const { folder, file } = makeFolder();
    const first = await keptCertificate(NAMES, { folder });
    chmodSync(folder, 0o755);
    chmodSync(file, 0o644);
    expect(await keptCertificate(NAMES, { folder })).toEqual(first);
    expect([modeOf(folder), modeOf(file)]).toEqual([0o700, 0o600]);
  });

  test("is renewed a week before it expires", async () => {
    const { folder } = makeFolder();
    const first = await keptCertificate(NAMES, { folder });
    const end = Date.parse(new X509Certificate(first.cert).validTo);
    expect(await keptCertificate(NAMES, { folder, now: () => end - 8 * DAY_MS })).toEqual(first);
    const second = await keptCertificate(NAMES, { folder, now: () => end - 6 * DAY_MS });
    expect(Date.parse(new X509Certificate(second.cert).validTo)).toBeGreaterThan(end + 300 * DAY_MS);
    expect(second.key).not.toBe(first.key);
  });

  test("is renewed when the clock was wrong, and it is not valid yet", async () => {
    const { folder } = makeFolder();
    const first = await keptCertificate(NAMES, { folder });
    expect(await keptCertificate(NAMES, { folder, now: () => Date.now() - 30 * DAY_MS })).not.toEqual(first);
  });

  test("is renewed for a new address, and keeps the old ones for the way back", async () => {
    const { folder } = makeFolder();
    await keptCertificate(NAMES, { folder });
    const office = { needed: ["localhost", "10.1.2.3"], welcome: [] };
    const both = await keptCertificate(office, { folder });
    const parsed = new X509Certificate(both.cert);
    for (const address of ["10.1.2.3", "192.168.1.5", "fd00::2"]) expect(parsed.checkIP(address)).toBeDefined();
    expect(parsed.subjectAltName?.match(/127\.0\.0\.1/g)).toHaveLength(1);
    expect(await keptCertificate({ ...office, needed: ["localhost", "192.168.1.5"] }, { folder })).toEqual(both);
  });

  test("serves two servers with names of their own", async () => {
    const { folder } = makeFolder();
    const one = { needed: ["localhost", "a.test", "my_host", "xn--mnchen-3ya.test"], welcome: [] };
    await keptCertificate(one, { folder });
    const both = await keptCertificate({ needed: ["localhost", "b.test"], welcome: [] }, { folder });
    expect(await keptCertificate(one, { folder })).toEqual(both);
  });

  test("does not grow for ever", async () => {
    const { folder } = makeFolder();
    for (let n = 0; n < 50; n += 10)
      await keptCertificate(
        { needed: Array.from({ length: 10 }, (_, k) => `10.0.${n}.${k}`), welcome: [] },
        { folder },
      );
    const { cert } = await keptCertificate({ needed: ["localhost"], welcome: [] }, { folder });
    expect(new X509Certificate(cert).subjectAltName?.split(",").length).toBeLessThanOrEqual(32 + 11);
  });

  test.each<[string, (text: string) => string]>([
    ["empty", () => ""],
    ["cut", (text) => text.slice(0, text.length / 2)],
    ["noise", () => "\0\xff".repeat(1000)],
    ["without its key", (text) => text.replace(/-----BEGIN PRIVATE[^]*PRIVATE KEY-----/, "")],
    ["changed", (text) => text.replace(/(BEGIN CERTIFICATE-----\n.{20})./, "$1!")],
  ])("is replaced when it is %s", async (_what, damage) => {
    const { folder, file } = makeFolder();
    await keptCertificate(NAMES, { folder });
    writeFileSync(file, damage(readFileSync(file, "latin1")), "latin1");
    const { cert, key } = await keptCertificate(NAMES, { folder });
    expect(isUsable({ cert, key }, NAMES.needed, Date.now())).toBe(true);
    expect(await keptCertificate(NAMES, { folder })).toEqual({ cert, key });
  });

  test("is replaced when its key is another's", async () => {
    const { folder, file } = makeFolder();
    const { cert } = await keptCertificate(NAMES, { folder });
    const { key } = await generateCertificate(NAMES.needed, Date.now());
    writeFileSync(file, key + cert);
    expect((await keptCertificate(NAMES, { folder })).cert).not.toBe(cert);
  });

  test("is whole whatever many servers do at once", async () => {
    const { folder, file } = makeFolder();
    const all = await Promise.all(Array.from({ length: 20 }, () => keptCertificate(NAMES, { folder })));
    for (const { cert, key } of all) expect(isUsable({ cert, key }, NAMES.needed, Date.now())).toBe(true);
    expect(all.map(({ key, cert }) => key + cert)).toContain(readFileSync(file, "utf8"));
    expect(readdirSync(folder)).toEqual(["certificate.pem"]);
  });

  test.each<[string, (folder: string) => void]>([
    ["a file stands in its place", (folder) => writeFileSync(folder, "")],
    ["a link leads nowhere", (folder) => symlinkSync("/proc/nothing/here", folder)],
    [
      "its own place is taken by a folder that is not empty",
      (folder) => mkdirSync(join(folder, "certificate.pem", "x"), { recursive: true }),
    ],
  ])("cannot be kept when %s: one line that says what to do", async (_what, prepare) => {
    const { folder } = makeFolder();
    prepare(folder);
    await expect(keptCertificate(NAMES, { folder })).rejects.toThrow(
      /^Cannot keep a certificate in [^\n]*\.clay-dev-cert \([^\n]+\); make it writable, or give --cert and --key$/,
    );
  });
});
