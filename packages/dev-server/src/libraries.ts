import { createRequire } from "node:module";
import { join } from "node:path";

/** A library as one module, for pages without a bundler. */
export interface Library {
  /** Where pages import it. */
  readonly path: string;
  /** The folder of the build; `undefined` when the package is not installed. */
  readonly folder: string | undefined;
  /** The file in it; its source map is beside it. */
  readonly file: string;
  /** What is said when the package is not installed. */
  readonly missing: string;
}

/** The libraries that are installed beside this package. */
export function installedLibraries(): readonly Library[] {
  return [
    {
      path: "/clayground/network.js",
      folder: folderOf("@clayground/network"),
      file: "clayground-network.js",
      missing: "@clayground/network is not installed.\n",
    },
    {
      path: "/clayground/http-client.js",
      folder: folderOf("@clayground/http-client"),
      file: "clayground-http-client.js",
      missing: "@clayground/http-client does not exist yet, so there is no /clayground/http-client.js.\n",
    },
  ];
}

function folderOf(name: string): string | undefined {
  try {
    return join(createRequire(import.meta.url).resolve(`${name}/package.json`), "..", "dist");
  } catch {
    return undefined;
  }
}
