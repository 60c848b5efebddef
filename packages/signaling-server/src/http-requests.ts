import type { IncomingMessage, ServerResponse } from "node:http";
import type { Admission } from "./admission.ts";
import type { QueryRules } from "./client-query.ts";
import { addressGroup } from "./client-address.ts";
import { basePaths, isSignalingPath, parseQuery, requestPath, trimPath } from "./endpoint.ts";
import type { HttpSignaling } from "./http-signaling.ts";
import { answer, answerDescription, answerId, answerJson, type Headers } from "./http-answers.ts";
import { iceServersFor } from "./ice-credentials.ts";
import type { SignalingLocation, SignalingServerOptions, TurnOptions } from "./options.ts";
import type { Reports } from "./reports.ts";

const NO_TURN =
  "This server has no TURN server to give out. Its operator sets one with the option `turn` " +
  "(clay-signaling: --turn-url and --turn-secret-file).\n";
// PeerServer's status and reason: PeerJS explains it to its users.
const NO_PEERS = "This server does not tell who is connected. Its operator allows it with the option `peers`.\n";

/** What the HTTP requests of one server are about. */
export interface HttpService {
  readonly location: Required<SignalingLocation>;
  readonly admission: Admission;
  readonly rules: QueryRules;
  readonly reports: Reports;
  readonly signaling: HttpSignaling;
  readonly turn: TurnOptions | undefined;
  /** The ids of all clients; `undefined` when they are not told. */
  readonly peers: (() => readonly string[]) | undefined;
}

/** Whether the application, asked first, has taken a request. */
export function askOwner(
  onRequest: SignalingServerOptions["onRequest"],
  request: IncomingMessage,
  response: ServerResponse,
  reports: Reports,
): boolean {
  try {
    return onRequest?.(request, response) === true;
  } catch (error) {
    const address = request.socket.remoteAddress ?? "";
    reports.log({ event: "request-failed", address, error: String(error).slice(0, 200) });
    // Half an answer must not look whole.
    if (response.headersSent) response.destroy();
    else answer(response, 500, "The application failed to answer.\n", {});
    return true;
  }
}

/** Answers a signaling server's HTTP requests; `false`, and nothing touched, for what is not its own. */
export function handleHttpRequest(service: HttpService, request: IncomingMessage, response: ServerResponse): boolean {
  const { location, admission, reports, signaling } = service;
  const isStream = isSignalingPath(request.url, location.path) && signaling.isMeant(request);
  const route = isStream ? undefined : routeOf(request, location);
  if (!isStream && !route) return false;
  // A client that is connected is held to its own rate.
  if (isStream && signaling.post(request, response)) return true;
  const address = admission.addressOf(request);
  const { origin } = request.headers;
  const headers = admission.origins.headers(origin);
  const refused = admission.refuseEarly(address, { opens: isStream });
  if (refused) {
    const { status, text } = refused;
    const reply = (): void => void answer(response, status, text, { ...refused.headers, ...headers });
    admission.answerEarly(refused, address, reply, () => response.destroy());
    return true;
  }
  if (!admission.origins.allows(origin)) {
    reports.refused("origin", { address, origin });
    return answer(response, 403, "Pages of your origin may not use this server.\n", headers);
  }
  if (isStream) return signaling.open(request, response, address);
  switch (route) {
    case "id":
      return answerId(response, headers, (id) => service.rules.allowsId(id));
    case "peers":
      if (!service.peers) return answer(response, 401, NO_PEERS, headers);
      return answerJson(response, service.peers(), headers);
    case "ice":
      if (!service.turn) return answer(response, 404, NO_TURN, headers);
      return answerIce(service, service.turn, request, response, headers);
    default:
      return answerDescription(response, headers);
  }
}

/** The operator's check holds for these, too: who may not connect gets no relay either. */
function answerIce(
  { admission }: HttpService,
  turn: TurnOptions,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Headers,
): true {
  const address = admission.addressOf(request);
  void admission.allows(parseQuery(request.url), request.headers.origin, address).then((isAllowed) => {
    if (!isAllowed) answer(response, 403, "You may not use this server.\n", headers);
    else answerJson(response, iceServersFor(turn, Date.now(), addressGroup(address)), headers);
  });
  return true;
}

type Route = "root" | "id" | "peers" | "ice";

function routeOf({ method, url }: IncomingMessage, { path, key }: Required<SignalingLocation>): Route | undefined {
  if (method !== "GET") return undefined;
  const requested = requestPath(url);
  for (const base of basePaths(path)) {
    for (const route of ["id", "peers", "ice"] as const) if (requested === `${base}/${key}/${route}`) return route;
  }
  return requested === trimPath(basePaths(path)[0] ?? "") ? "root" : undefined;
}
