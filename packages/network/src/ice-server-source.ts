import { iceServersUrl } from "@clayground/protocol";
import { NetworkError } from "./errors.ts";
import { checkSetting, DEFAULT_ICE_SERVERS, toIceServers } from "./options.ts";
import type { NetworkSettings } from "./options.ts";
import type { IceServer, TimerHandle } from "./platform/platform.ts";
import type { Preparation } from "./preparation.ts";

/** Credentials of TURN expire, and a host lives long: a function is asked again this often, in milliseconds. */
const ASK_EVERY = 300_000;

/** Bounds of that time where a server says how long its credentials live, in milliseconds. */
const MIN_ASK = 60_000;
const MAX_ASK = 86_400_000;

/** A page has one or two; a browser slows down with more than five. */
const MAX_SERVERS = 32;

/** Where ICE servers come from, if not from a list. */
export type IceServerSource = Exclude<NetworkSettings["iceServers"], readonly unknown[]>;

/** What {@link followIceServers} needs. */
export type IceServerFollower = Pick<Preparation, "platform" | "emitter" | "signalingUrl" | "list"> & {
  readonly source: IceServerSource;
};

interface Answer {
  readonly servers: IceServer[];
  readonly askAgain: number;
}

/** Fills a list with the ICE servers of a function or of the signaling server; resolves then, and keeps it fresh while the network lives. */
export async function followIceServers(follower: IceServerFollower): Promise<void> {
  const { platform, emitter, list } = follower;
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
      wait = answer.askAgain;
      list.splice(0, Infinity, ...answer.servers);
    } catch (cause) {
      const error = new NetworkError("ice-servers-unavailable", String(cause), {}, cause);
      if (!isOver) emitter.emit("errorOccurred", error.message, error);
    }
    // Who names none has no better ones either.
    if (list.length === 0) list.push(...toIceServers(DEFAULT_ICE_SERVERS));
    if (!isOver) timer = platform.setTimeout(() => void ask(), wait);
  };
  await ask();
}

async function answerOf({ platform, source, signalingUrl }: IceServerFollower): Promise<Answer> {
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
