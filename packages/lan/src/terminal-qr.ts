import { encode } from "uqr";

/** What ISO 18004 asks for: without it, a camera does not find the code on a dark terminal. */
const QUIET_ZONE = 4;
// Black on white whatever the theme: these two of the 256 colors cannot be changed by it, unlike 30 and 47.
const BLACK_ON_WHITE = "\u001B[38;5;16;48;5;231m";
const RESET = "\u001B[0m";

/**
 * A QR code for a terminal: two modules a character, black on white, with the quiet zone; ends with a line break.
 * For `http://192.168.178.123:8090/`, 33 columns and 17 lines. Empty where it has no room: broken lines are no code.
 *
 * @param columns how many characters a line of the terminal has. @default enough
 */
export function terminalQr(url: string, columns: number = Number.POSITIVE_INFINITY): string {
  const { data } = encode(url, { border: QUIET_ZONE, boostEcc: true });
  if (data.length > columns) return "";
  const isDark = (x: number, y: number): boolean => data[y]?.[x] === true;
  const lines: string[] = [];
  for (let y = 0; y < data.length; y += 2) {
    const cells = data.map((_, x) => cell(isDark(x, y), isDark(x, y + 1)));
    lines.push(`${BLACK_ON_WHITE}${cells.join("")}${RESET}\n`);
  }
  return lines.join("");
}

function cell(upper: boolean, lower: boolean): string {
  if (upper) return lower ? "█" : "▀";
  return lower ? "▄" : " ";
}
