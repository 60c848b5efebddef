import { iceServersUrl } from "@clayground/protocol";
import { NetworkError } from "./errors.ts";
import { checkSetting, DEFAULT_ICE_SERVERS, toIceServers } from "./options.ts";
import type { IceServer, Platform, TimerHandle } from "./platform/platform.ts";
import type { Preparation } from "./preparation.ts";

/** Credentials of TURN expire, and a host lives long: a function is asked again this often, in milliseconds. */
const ASK_EVERY = 300_000;

/** Bounds of that time where a server says how long its credentials live, in milliseconds. */
const MIN_ASK = 60_000;
const MAX_ASK = 86_400_000;

/** A page has one or two; a browser slows down with more than five. */
const MAX_SERVERS = 32;

/** What {@link followIceServers} needs. */
export type IceServerFollower = Pick<Preparation, "platform" | "emitter" | "signalingUrl" | "list" | "source">;

interface Answer {
  readonly servers: IceServer[];
  readonly askAgain: number;
}

/** Fills a list with the ICE servers of a source; resolves then, and keeps it fresh while the network lives. */
export async function followIceServers(follower: IceServerFollower): Promise<void> {
  const { platform, emitter, source, list } = follower;
  // Who wants none.
  if (typeof source === "object" && source.length === 0) return;
  let timer: TimerHandle;
  let isOver = false;
  const forget = emitter.on("statusChanged", (status) => {
    if (status !== "disconnected" && status !== "error") return;
    isOver = true;
    forget();
    platform.clearTimeout(timer);
  });
  const ask = async (): Promise<void> => {
    let wait = ASK_EVERY;
    try {
      const answer = await answerOf(follower);
      const servers = await resolved(platform, answer.servers);
      // A name that is not known yet may be soon.
      wait = servers.length < answer.servers.length ? MIN_ASK : answer.askAgain;
      list.splice(0, Infinity, ...servers);
    } catch (cause) {
      const error = new NetworkError("ice-servers-unavailable", String(cause), {}, cause);
      if (!isOver) emitter.emit("errorOccurred", error.message, error);
    }
    // Who names none has no better ones either.
    if (list.length === 0 && typeof source !== "object")
      list.push(...(await resolved(platform, toIceServers(DEFAULT_ICE_SERVERS))));
    if (!isOver) timer = platform.setTimeout(() => void ask(), wait);
  };
  await ask();
}

async function resolved(platform: Platform, servers: IceServer[]): Promise<IceServer[]> {
  return (await platform.resolveIceServers?.(servers)) ?? servers;
}

async function answerOf({ platform, source, signalingUrl }: IceServerFollower): Promise<Answer> {
  if (typeof source === "object") return { servers: toIceServers(source), askAgain: ASK_EVERY };
  if (typeof source === "function") return { servers: checked(await source()), askAgain: ASK_EVERY };
  const { fetchJson } = await platform.loadHttp();
  const answer = Object(await fetchJson(iceServersUrl(signalingUrl) ?? "")) as { iceServers?: unknown; ttl?: unknown };
  // Half of their life, so that none expires while a connection is being made with it.
  const half = (typeof answer.ttl === "number" && answer.ttl > 0 ? answer.ttl : 0) * 500;
  return { servers: checked(answer.iceServers), askAgain: Math.min(Math.max(half, MIN_ASK), MAX_ASK) };
}

/** Throws `invalid-option`. */
function checked(servers: unknown): IceServer[] {
  if (!Array.isArray(servers) || servers.length > MAX_SERVERS)
    throw new NetworkError("invalid-option", "not a list of ICE servers", { name: "iceServers" });
  checkSetting("iceServers", servers);
  return toIceServers(servers as (string | IceServer)[]);
}
