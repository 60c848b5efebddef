import { isPeerId } from "@clayground/protocol";
import { MAX_SECRET_LENGTH, type RealmLimits } from "./limits.ts";
import type { Refusal } from "./statistics.ts";

/** What a client's URL says, unchecked. */
export interface ClientQuery {
  readonly id?: string | undefined;
  readonly token?: string | undefined;
  readonly key?: string | undefined;
  readonly version?: string | undefined;
  /** It said its id in its first frame, as existing apps do in LAN mode. The server has drawn its token. */
  readonly isIntroduced?: boolean;
  /** All that the URL says, for `authorize`. */
  readonly parameters?: URLSearchParams;
}

/** A query that has all that a client needs. */
export interface CheckedQuery extends ClientQuery {
  readonly id: string;
  readonly token: string;
  readonly key: string;
}

/** A refusal, as it is told to the client. */
export interface RefusalMessage {
  readonly reason: Refusal;
  readonly type: "ERROR" | "ID-TAKEN" | "INVALID-KEY";
  readonly msg: string;
  readonly code: number;
}

/** RFC 6455: the client broke a rule. */
export const CLOSE_POLICY = 1008;
/** RFC 6455: the frame is too large. */
export const CLOSE_TOO_LARGE = 1009;
/** IANA's registry of close codes: try again later. */
export const CLOSE_TRY_LATER = 1013;

/** Checks what clients say of themselves. */
export class QueryRules {
  readonly #key: string;
  readonly #maxIdLength: number;
  readonly #idPattern: RegExp | undefined;

  constructor(key: string, { maxIdLength, idPattern }: Pick<RealmLimits, "maxIdLength" | "idPattern">) {
    this.#key = key;
    this.#maxIdLength = maxIdLength;
    // `g` and `y` would make the answer depend on the one before.
    this.#idPattern = idPattern && new RegExp(`^(?:${idPattern.source})$`, idPattern.flags.replace(/[gym]/g, ""));
  }

  /** Whether an id may be used on this server. */
  allowsId(id: string): boolean {
    return isPeerId(id) && id.length <= this.#maxIdLength && (this.#idPattern?.test(id) ?? true);
  }

  /** The query with its types narrowed, or why it is refused. */
  check(query: ClientQuery): CheckedQuery | RefusalMessage {
    const { id, token, key } = query;
    // PeerServer's words, because PeerJS shows them.
    if (!isPeerId(id) || !isSecret(token) || !isSecret(key)) {
      return refusal("bad-request", "ERROR", "No id, token, or key supplied to websocket server");
    }
    if (key !== this.#key) return refusal("bad-key", "INVALID-KEY", "Invalid key provided");
    if (!this.allowsId(id)) return refusal("bad-request", "ERROR", "This id is not allowed on this server");
    return { ...query, id, token, key };
  }
}

/** Whether a check found something to refuse. */
export function isRefusal(checked: CheckedQuery | RefusalMessage): checked is RefusalMessage {
  return "reason" in checked;
}

/** A refusal with its words. */
export function refusal(
  reason: Refusal,
  type: RefusalMessage["type"],
  msg: string,
  code: number = CLOSE_POLICY,
): RefusalMessage {
  return { reason, type, msg, code };
}

function isSecret(value: string | undefined): value is string {
  return value !== undefined && value !== "" && value.length <= MAX_SECRET_LENGTH;
}
