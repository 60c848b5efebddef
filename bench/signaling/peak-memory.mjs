import { readFileSync, writeFileSync } from "node:fs";

/**
 * Forgets the most that a process has held so far (Linux).
 * @param {number | undefined} pid
 */
export function resetPeakMemory(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/**
 * KiB that a process has held at most, asked from outside: it may be too busy to answer.
 * @param {number | undefined} pid
 */
export function peakMemory(pid) {
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}
