import { realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** What a URL path leads to. */
export type Target =
  /** A regular file inside the project: its path from the root, in `/` form. */
  | { readonly type: "file"; readonly path: string; readonly size: number }
  /** A folder that was asked for without the slash that relative links in it need. */
  | { readonly type: "redirect"; readonly location: string }
  | { readonly type: "none" };

const NONE: Target = { type: "none" };

/**
 * Finds the file for the path of a URL. Nothing outside of `root` is ever found, whatever the encoding
 * and wherever symbolic links lead, and no name that starts with a dot. `root` is a real path.
 */
export async function findFile(root: string, urlPath: string): Promise<Target> {
  const names = parseNames(urlPath);
  if (names === undefined) return NONE;
  const asFolder = urlPath.endsWith("/");
  const path = await insidePath(root, asFolder ? [...names, "index.html"] : names);
  if (path === undefined) return NONE;
  const stats = await stat(join(root, path));
  // Not a socket or a named pipe either: reading one never ends.
  if (stats.isFile()) return { type: "file", path, size: stats.size };
  if (!stats.isDirectory() || asFolder || (await insidePath(root, [...names, "index.html"])) === undefined) return NONE;
  return { type: "redirect", location: `/${names.map(encodeURIComponent).join("/")}/` };
}

/** The names in a URL path, or `undefined` when one of them could lead out or is hidden. */
function parseNames(urlPath: string): readonly string[] | undefined {
  if (!urlPath.startsWith("/")) return undefined;
  const names: string[] = [];
  for (const part of urlPath.split("/")) {
    const name = decode(part);
    if (name === undefined || isForbidden(name)) return undefined;
    if (name !== "") names.push(name);
  }
  return names;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

// Windows also has drives and streams (`:`) and devices, and ignores dots and spaces at the end.
const FORBIDDEN =
  process.platform === "win32"
    ? /[/\\\0:]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)/i
    : /[/\\\0]/;

function isForbidden(name: string): boolean {
  return name.startsWith(".") || FORBIDDEN.test(name);
}

/** Where a path really is, from the root on; `undefined` when that is nowhere, outside, or hidden. */
async function insidePath(root: string, names: readonly string[]): Promise<string | undefined> {
  let real: string;
  try {
    real = await realpath(join(root, ...names));
  } catch {
    // It does not exist, is too long, or a file stands where a folder should.
    return undefined;
  }
  const path = relative(root, real);
  if (path === "") return "";
  // Outside, the path starts with ".." or, on another drive, is absolute.
  const parts = path.split(sep);
  return parts.some(isForbidden) ? undefined : parts.join("/");
}
