const MAX_LINES = 350;

/**
 * No god object: a longer file does a second thing.
 * @type {import("./source-tree.mjs").Law}
 */
export function fileLength(tree) {
  return tree.sources.flatMap(({ path, text }) => {
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    return lines > MAX_LINES
      ? [{ file: path, line: lines, message: `${lines} lines, at most ${MAX_LINES}: find the second thing it does` }]
      : [];
  });
}
