import { hostname } from "node:os";
import { isIP } from "node:net";
import { allAddresses, lanAddresses } from "@clayground/lan";
import type { DevServerOptions } from "../options.ts";
import { checkCertificate, type Certificate } from "./certificate.ts";
import { keptCertificate } from "./kept-certificate.ts";
import { isCertifiable } from "./self-signed.ts";

/**
 * The certificate that a server is to use: its owner's, or the one that is kept; `undefined` for plain HTTP.
 *
 * @throws DevServerError as a rejection
 */
export async function findCertificate({
  https = false,
  host,
  allowHosts = [],
}: DevServerOptions): Promise<Certificate | undefined> {
  if (https === false) return undefined;
  if (https !== true) {
    checkCertificate(https);
    return https;
  }
  const first = hostname().split(".", 1)[0] ?? "";
  const own = ["localhost", hostname(), `${first}.local`, "127.0.0.1", "::1", ...lanAddresses()];
  const asked = [...(host === undefined ? [] : [host]), ...allowHosts].filter(
    (name) => !/^(?:0\.0\.0\.0|::)$/.test(name),
  );
  return keptCertificate({
    needed: [...own, ...asked].filter((name) => isIP(name) !== 0 || isCertifiable(name)),
    // Some change every day (RFC 8981): no reason for a new certificate, which phones would have to accept anew.
    welcome: allAddresses(),
  });
}
