import type { Refusal } from "./statistics.ts";

/** How a client is connected. */
export type Transport = "websocket" | "http";

/**
 * Something worth a line in a log. Never a token or a key. Texts that came from outside (`id`, `origin`)
 * are cut to 200 characters, but are otherwise as they came: escape them, as `JSON.stringify` does.
 */
export type LogEntry =
  /** A client got OPEN; `replaced` when it took its own place back. */
  | {
      readonly event: "client-connected";
      readonly id: string;
      readonly address: string;
      readonly transport: Transport;
      readonly replaced: boolean;
    }
  /** A client is gone; `code` is the WebSocket close code, 1006 for a connection that broke. */
  | {
      readonly event: "client-left";
      readonly id: string;
      readonly address: string;
      readonly transport: Transport;
      readonly code: number;
      readonly connectedMs: number;
    }
  /** Somebody was turned away or closed. At most 10 a second for each reason; `skipped` of the same were left out. */
  | {
      readonly event: "refused";
      readonly reason: Refusal;
      readonly address: string;
      readonly id?: string;
      readonly origin?: string;
      readonly skipped: number;
    }
  /** The `authorize` hook threw, or its promise was rejected: the client was refused. */
  | { readonly event: "authorize-failed"; readonly id: string; readonly address: string; readonly error: string }
  /** The `onRequest` hook threw: the request was answered with 500. */
  | { readonly event: "request-failed"; readonly address: string; readonly error: string }
  /** `drain()` was called; all have this many milliseconds. */
  | { readonly event: "draining"; readonly ms: number; readonly clients: number }
  /** `drain()` is over; `clients` had to be closed. */
  | { readonly event: "drained"; readonly clients: number };
