import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Writes a self-signed certificate for `name` and its key into a folder, over what was there. */
export function writeCertificate(folder: string, name: string): { cert: string; key: string } {
  const files = { cert: join(folder, "fullchain.pem"), key: join(folder, "privkey.pem") };
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const out = ["-keyout", files.key, "-out", files.cert];
  execFileSync("openssl", ["req", "-x509", ...curve, ...out, "-days", "2", "-subj", `/CN=${name}`], {
    stdio: "ignore",
  });
  return files;
}
