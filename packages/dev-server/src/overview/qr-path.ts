import { encode } from "uqr";

/** A QR code as one SVG path of unit squares, without quiet zone. */
export interface QrPath {
  /** Width and height in modules. */
  readonly size: number;
  /** The path's `d`. */
  readonly path: string;
}

/** Encodes a URL; dark modules that touch in a row are one rectangle, so that no browser draws seams between them. */
export function qrPath(url: string): QrPath {
  const { data, size } = encode(url, { border: 0, boostEcc: true });
  const path = data.flatMap((row, y) => runsIn(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`));
  return { size, path: path.join("") };
}

function runsIn(row: readonly boolean[]): [start: number, length: number][] {
  const runs: [number, number][] = [];
  for (const [x, isDark] of row.entries()) {
    const last = runs.at(-1);
    if (!isDark) continue;
    if (last && last[0] + last[1] === x) last[1] += 1;
    else runs.push([x, 1]);
  }
  return runs;
}
