import { DEFAULT_LIMITS } from "../limits.ts";
import type { CommandOption } from "./command-option.ts";
import { LIMIT_OPTIONS } from "./limit-options.ts";
import {
  matching,
  oneOf,
  readableFile,
  regularExpression,
  secret,
  secretInFile,
  wholeNumber,
  yesOrNo,
} from "./values.ts";

/** Options that belong together, as the help shows them. */
export interface OptionGroup {
  readonly title: string;
  readonly options: readonly CommandOption[];
}

const URL_PATH = /^\/[\w.~/-]{0,199}$/;
// What needs no escape in a URL, because it stands in `GET /:key/id`.
const KEY = /^[\w.~-]{1,128}$/;
const ORIGIN = /^[a-z][a-z\d+.-]{0,31}:\/\/(?:\*\.)?(?:[\w.-]{1,255}|\[[\da-f:]{2,45}\])(?::\d{1,5})?$/i;
const TURN_URL = /^turns?:(?:[\w.-]{1,255}|\[[\da-f:]{2,45}\])(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?$/i;
const STUN_URL = /^stuns?:(?:[\w.-]{1,255}|\[[\da-f:]{2,45}\])(?::\d{1,5})?$/i;

/** Every option of the command. */
export const OPTION_GROUPS: readonly OptionGroup[] = [
  {
    title: "Where it listens",
    options: [
      {
        name: "port",
        value: "PORT",
        fallback: "9000",
        help: "0 for any free one",
        read: (text) => ({ port: wholeNumber(text, 0, 65_535) }),
      },
      {
        name: "host",
        value: "ADDRESS",
        help: "only this address; left out: all",
        read: (text) => ({ host: matching(text, /^[\w.:%-]{1,255}$/, "address") }),
      },
      {
        name: "path",
        value: "PATH",
        fallback: "/peerjs",
        help: "with and without a further /peerjs",
        read: (text) => ({ path: matching(text, URL_PATH, "path that begins with /") }),
      },
      {
        name: "key",
        value: "KEY",
        fallback: "peerjs",
        help: "which clients must give; not secret, pages show it",
        read: (text) => ({ key: matching(text, KEY, "key of letters, digits and . _ ~ -") }),
      },
      {
        name: "tls-cert",
        value: "FILE",
        help: "certificate chain in PEM form: https and wss; read anew when it changes, and on SIGHUP",
        read: (text) => ({ tlsCert: readableFile(text) }),
      },
      { name: "tls-key", value: "FILE", help: "its key", read: (text) => ({ tlsKey: readableFile(text) }) },
    ],
  },
  {
    title: "Who may connect",
    options: [
      {
        name: "allow-origin",
        value: "ORIGIN",
        repeatable: true,
        help: "only pages from here, as https://game.example or https://*.example.com; left out: all",
        read: (text) => ({ allowedOrigins: [matching(text, ORIGIN, "origin, as https://game.example")] }),
      },
      {
        name: "trust-proxy",
        value: "N",
        fallback: "0",
        help: "proxies in front that set X-Forwarded-For",
        read: (text) => ({ trustProxy: wholeNumber(text, 0, 10) }),
      },
      {
        name: "peers",
        help: "tell everybody all ids, at GET /KEY/peers",
        read: (text) => ({ peers: yesOrNo(text) }),
      },
      {
        name: "id-pattern",
        value: "REGEXP",
        help: "what the whole of an id must match",
        read: (text) => ({ idPattern: regularExpression(text) }),
      },
      {
        name: "max-id-length",
        value: "N",
        fallback: String(DEFAULT_LIMITS.maxIdLength),
        help: "characters of an id",
        read: (text) => ({ maxIdLength: wholeNumber(text, 1, 64) }),
      },
    ],
  },
  { title: "Limits", options: LIMIT_OPTIONS },
  {
    title: "TURN credentials, at GET /KEY/ice",
    options: [
      {
        name: "turn-url",
        value: "URL",
        repeatable: true,
        help: "a coturn with use-auth-secret, as turn:turn.example.com:3478",
        read: (text) => ({ turnUrls: [matching(text, TURN_URL, "TURN URL, as turn:turn.example.com:3478")] }),
      },
      {
        name: "turn-secret-file",
        value: "FILE",
        help: "has coturn's static-auth-secret",
        read: (text) => ({ turnSecret: secretInFile(text) }),
      },
      {
        name: "turn-secret",
        value: "SECRET",
        variableOnly: true,
        help: "the secret itself",
        read: (text) => ({ turnSecret: secret(text) }),
      },
      {
        name: "turn-ttl-seconds",
        value: "N",
        fallback: "28800",
        help: "for which credentials are good",
        read: (text) => ({ turnTtlSeconds: wholeNumber(text, 60, 30 * 86_400) }),
      },
      {
        name: "stun-url",
        value: "URL",
        repeatable: true,
        help: "to tell clients of, too, as stun:turn.example.com:3478",
        read: (text) => ({ stunUrls: [matching(text, STUN_URL, "STUN URL, as stun:turn.example.com:3478")] }),
      },
    ],
  },
  {
    title: "Operation",
    options: [
      {
        name: "metrics",
        value: "local|all|off",
        fallback: "local",
        help: "who may read /metrics; local: this machine and private networks, not through a proxy",
        read: (text) => ({ metrics: oneOf(text, ["local", "all", "off"]) }),
      },
      {
        name: "log",
        value: "json|text|off",
        fallback: "json",
        help: "one entry a line, to standard output",
        read: (text) => ({ log: oneOf(text, ["json", "text", "off"]) }),
      },
      {
        name: "drain-seconds",
        value: "N",
        fallback: "10",
        help: "that clients have to leave after SIGTERM or Ctrl-C; the second ends it at once",
        read: (text) => ({ drainSeconds: wholeNumber(text, 0, 86_400) }),
      },
    ],
  },
];

/** All of them, in this order. */
export const OPTIONS: readonly CommandOption[] = OPTION_GROUPS.flatMap(({ options }) => options);
