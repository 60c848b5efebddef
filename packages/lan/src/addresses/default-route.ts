import { readFileSync } from "node:fs";

const TABLE = "/proc/net/route";
const IS_UP = 1;

/**
 * The interfaces that have an IPv4 default route, the preferred one first; empty where the system does not tell, which
 * is everywhere but on Linux.
 */
export function defaultInterfaces(): readonly string[] {
  try {
    return parseRoutes(readFileSync(TABLE, "latin1"));
  } catch {
    return [];
  }
}

/** Reads Linux's table of IPv4 routes. */
export function parseRoutes(table: string): readonly string[] {
  const routes = table
    .split("\n")
    .slice(1)
    .map((line) => line.split(/\s+/))
    .map(([name = "", destination, , flags = "", , , metric = "", mask]) => ({
      name,
      isDefault: Number(`0x${destination}`) === 0 && Number(`0x${mask}`) === 0 && (Number(`0x${flags}`) & IS_UP) !== 0,
      metric: Number(metric),
    }))
    .filter(({ isDefault }) => isDefault);
  return [...new Set(routes.sort((one, other) => one.metric - other.metric).map(({ name }) => name))];
}
