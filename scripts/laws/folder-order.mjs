import { posix } from "node:path";
import { at, importsOf, packageSources } from "./source-tree.mjs";

const SRC = "packages/network/src";
/** Each imports itself and those before it; `errors.ts` is open to all, files beside it come last. */
const ORDER = ["util", "errors.ts", "platform", "transport", "signaling", "session", "diagnostics", "testing"];

/**
 * Folder order is import order, so that data takes one way through the library.
 * @type {import("./source-tree.mjs").Law}
 */
export function folderOrder(tree) {
  return packageSources(tree, /^packages\/network\/src\//).flatMap((source) => {
    const room = roomOf(source.path);
    if (source.path.split("/").length > 4 && !ORDER.includes(room)) {
      return [{ file: source.path, line: 1, message: `folder ${room}/ has no place in the order of ${SRC}` }];
    }
    return importsOf(source).flatMap(({ specifier, node }) => {
      if (!specifier.startsWith(".")) return [];
      const target = roomOf(posix.join(posix.dirname(source.path), specifier));
      const allowed = target === "errors.ts" || target === room || (rank(target) <= rank(room) && target !== "testing");
      return allowed
        ? []
        : [at(source, node, `${room} may not import ${target}: order is ${ORDER.join(" < ")} < rest`)];
    });
  });
}

/** @param {string} path */
function roomOf(path) {
  return path.split("/")[3] ?? path;
}

/** @param {string} room */
function rank(room) {
  const index = ORDER.indexOf(room);
  return index < 0 ? ORDER.length : index;
}
