import { createRequire } from "node:module";
import { join } from "node:path";

/** The folder and the name of the one-file build of `@clayground/network` that is installed beside this package. */
export function networkLibrary(): { readonly folder: string; readonly file: string } {
  const manifest = createRequire(import.meta.url).resolve("@clayground/network/package.json");
  return { folder: join(manifest, "..", "dist"), file: "clayground-network.js" };
}
