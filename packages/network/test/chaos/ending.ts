import type { MemoryNetwork } from "../../src/testing/index.ts";
import type { Crowd } from "./crowd.ts";
import { mustHaveHeardLastWords } from "./reasons.ts";
import { HOST } from "./schedule.ts";
import type { Schedule } from "./schedule.ts";
import { LINGER } from "./stay.ts";
import type { Accuse } from "./violation.ts";
import type { Weather } from "./weather.ts";

/** What the last acts of a run need. */
export interface Stage {
  readonly net: MemoryNetwork;
  readonly crowd: Crowd;
  readonly weather: Weather;
  readonly schedule: Schedule;
  readonly accuse: Accuse;
  readonly note: (words: string) => void;
  isBroken(): boolean;
}

/** An attempt may take 15 s, a throttled one some more. */
const JOIN_LIMIT = 17_000;

/** Until a dead link is noticed at both ends. */
const NOTICED = 6000;

/** The longest pause before a node dials again, a quarter more, and two tries of which the first may just be failing. */
const UPGRADE_LIMIT = 30_000 * 1.25 + 2 * 10_000;

/** SCTP and TCP repeat what was lost at last every 10 s. */
const DELIVERY_LIMIT = 12_000;

/** Mends everything, and sees all become well. */
export async function calm(stage: Stage): Promise<void> {
  const { net, crowd, schedule, note, accuse, isBroken } = stage;
  note("all is mended");
  crowd.stay();
  mend(stage, ["signaling", HOST, ...schedule.joiners]);
  await waitFor(stage, JOIN_LIMIT, () => crowd.joining.size === 0);
  if (crowd.joining.size > 0) accuse("ending", `join() hangs: ${[...crowd.joining].join()}`);
  if (isSomethingDying(stage)) await net.advance(NOTICED);
  else await waitFor(stage, NOTICED, () => disagreement(crowd) === undefined);
  checkAgreement(stage);
  if (isBroken() || crowd.host.isOver) return;
  if (schedule.topology === "mesh") {
    await waitFor(stage, UPGRADE_LIMIT, () => indirect(crowd).length === 0);
    if (indirect(crowd).length > 0) accuse("agreement", `not connected directly: ${indirect(crowd).join()}`);
  }
  if (isBroken()) return;
  const everybody = crowd.connected;
  for (const { stay } of everybody) {
    crowd.speak(stay.machine, "say", 1, 0);
    crowd.speak(stay.machine, "tell", 2, 0);
    crowd.speak(stay.machine, "show", 1, 0);
  }
  const missing = (): string[] => everybody.flatMap(({ stay }) => lacks(crowd, stay));
  await net.advance(500);
  await waitFor(stage, DELIVERY_LIMIT, () => missing().length === 0);
  if (missing().length > 0) accuse("messages", missing().join("; "));
  for (const { stay: one } of everybody) {
    for (const { stay: other } of everybody)
      if (one !== other && !one.hasNewest(other)) accuse("states", `${one} lacks the newest state of ${other}`);
  }
  checkAgreement(stage);
}

/** All leave, in the middle of whatever is going on. */
export async function farewell(stage: Stage): Promise<void> {
  const { net, crowd, schedule, weather, note, accuse, isBroken } = stage;
  note("all leave");
  // A socket that is cut off from its server stays open for as long as it is.
  mend(stage, ["signaling"]);
  for (const name of schedule.farewell) crowd.leave(name);
  await net.advance(LINGER);
  if (isBroken()) return;
  if (crowd.joining.size > 0) accuse("ending", `join() hangs: ${[...crowd.joining].join()}`);
  const { sockets, ...others } = net.open();
  if (Object.values(others).some((count) => count > 0)) accuse("ending", `left open: ${JSON.stringify(others)}`);
  if (sockets > 0) await waitFor(stage, DELIVERY_LIMIT, () => net.open().sockets === 0);
  if (net.open().sockets > 0) accuse("ending", `left open: ${net.open().sockets} sockets`);
  for (const to of crowd.stays) {
    for (const from of crowd.stays) {
      const missing = to.missing(from);
      if (missing.length > 0 && mustHaveHeardLastWords({ weather, maxNodes: 0, host: crowd.host, stays: [] }, from, to))
        accuse("messages", `${to} lacks ${missing.join()} of ${from}, which left at ${from.endedAt}`);
    }
  }
}

/** Ends every cut and loss between these machines and all others. */
function mend({ weather, schedule, crowd }: Stage, names: readonly string[]): void {
  weather.signaling(true);
  const machines = ["signaling", HOST, ...schedule.joiners];
  for (const [i, a] of machines.entries()) {
    crowd.throttle(a, 0);
    for (const b of machines.slice(i + 1))
      if (names.includes(a) || names.includes(b))
        weather.change(a, b, { cut: false, loss: 0, reorder: 0, rate: Infinity });
  }
}

/** Whether somebody may have to notice yet that another one is gone. */
function isSomethingDying({ net, crowd, weather }: Stage): boolean {
  const before = net.now - 2 * NOTICED;
  return (
    crowd.stays.some(({ endedAt = 0, endedBy }) => endedBy !== "left" && endedAt > before) ||
    crowd.connected.some(({ stay }) => !weather.wasGood(HOST, stay.machine, before, net.now))
  );
}

function checkAgreement({ crowd, accuse }: Stage): void {
  const words = disagreement(crowd);
  if (words !== undefined) accuse("agreement", words);
}

/** Who does not know what the host knows, or is known by it and not in. */
function disagreement({ host, connected }: Crowd): string | undefined {
  if (host.isOver) return connected[0] && `${connected[0].stay} still has a network, without its host`;
  const truth = [host.id, ...(connected[0]?.network.nodes ?? [])];
  for (const { stay, network } of connected) {
    const right = truth.filter((id) => id !== stay.id).join();
    if (!truth.includes(stay.id)) return `${stay} is in, which the host does not know`;
    if (network.nodes.join() !== right || stay.present.join() !== right)
      return `${stay} knows ${network.nodes.join()}, was told of ${stay.present.join()}; right is ${right}`;
  }
  const strange = truth.find((id) => !connected.some(({ stay }) => stay.id === id));
  return strange && `the host knows ${strange}, which is not in`;
}

/** What has been cut for long is not used, and said so. */
export function checkPaths({ net, crowd, weather, accuse }: Stage): void {
  for (const { stay, network } of crowd.connected) {
    for (const other of crowd.connected) {
      const cut = weather.cutFor(stay.machine, other.stay.machine, net.now - NOTICED, net.now);
      const path = network.peerStats[other.stay.id]?.path;
      if (cut >= 2 * NOTICED && !stay.isHost && !other.stay.isHost && path === "direct")
        accuse("agreement", `${stay} says that it is connected to ${other.stay} directly, which is cut off`);
    }
  }
}

/** Pairs that the host still passes things on between. */
function indirect({ connected }: Crowd): string[] {
  return connected.flatMap(({ stay, network }) =>
    Object.entries(network.peerStats).flatMap(([id, { path }]) =>
      path === "direct" ? [] : [`${stay.machine} > ${id}`],
    ),
  );
}

function lacks(crowd: Crowd, to: Crowd["host"]): string[] {
  return crowd.connected.flatMap(({ stay: from }) => {
    const missing = to.missing(from);
    return missing.length > 0 ? [`${to} lacks ${missing.join()} of ${from}`] : [];
  });
}

async function waitFor({ net, isBroken }: Stage, limit: number, isReached: () => boolean): Promise<void> {
  for (const end = net.now + limit; net.now < end && !isReached() && !isBroken();) await net.advance(500);
}
