import { MemoryNetwork } from "../../src/testing/index.ts";
import { Crowd } from "./crowd.ts";
import { calm, checkPaths, farewell } from "./ending.ts";
import { HOST } from "./schedule.ts";
import type { Action, Schedule } from "./schedule.ts";
import type { Accuse, Violation } from "./violation.ts";
import { Weather } from "./weather.ts";

/** What became of a schedule. */
export interface Outcome {
  readonly violation: Violation | undefined;
  /** What was seen, with times. */
  readonly journal: readonly string[];
}

/** Performs a schedule from the first join to the last leave, up to the first broken promise. */
export async function runSchedule(schedule: Schedule): Promise<Outcome> {
  const { seed, link } = schedule;
  const net = new MemoryNetwork({ seed, link });
  const journal: string[] = [];
  let violation: Violation | undefined;
  const accuse: Accuse = (promise, words) => {
    violation ??= { promise, at: net.now, words };
  };
  const note = (words: string): number => journal.push(`${Math.round(net.now)} ${words}`);
  const weather = new Weather(net, link.loss ?? 0);
  const crowd = new Crowd(schedule, net, weather, accuse, note);
  const isBroken = (): boolean => violation !== undefined;
  try {
    await crowd.open();
    const start = net.now;
    const stage = { net, crowd, weather, schedule, accuse, note, isBroken };
    for (const [i, action] of schedule.actions.entries()) {
      if (action.at > net.now - start) await net.advance(action.at - (net.now - start));
      if (i % 4 === 0) checkPaths(stage);
      if (isBroken()) break;
      perform(action, crowd, weather);
    }
    if (!isBroken() && schedule.endsCalm) await calm(stage);
    if (!isBroken()) await farewell(stage);
  } catch (error) {
    accuse("ending", `this was thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  return { violation, journal };
}

function perform(action: Action, crowd: Crowd, weather: Weather): void {
  switch (action.do) {
    case "join":
      return action.who === HOST ? undefined : crowd.join(action.who);
    case "leave":
      return crowd.leave(action.who);
    case "leaveSoon":
      return crowd.leaveSoon(action.who);
    case "kill":
    case "exit":
      return crowd.kill(action.who, action.do);
    case "say":
    case "tell":
    case "show":
      return crowd.speak(action.who, action.do, action.count, action.size);
    case "link":
    case "oneWay":
      return weather.change(action.a, action.b, action.is, action.do === "oneWay");
    case "signaling":
      return weather.signaling(action.isUp);
    case "throttle":
      return crowd.throttle(action.who, action.ms);
  }
}
