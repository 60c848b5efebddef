import type { CountedType, Refusal } from "./statistics.ts";

/** What a server has counted since it started; a realm and its shell count into the same. */
export class Counters {
  accepted = 0;
  replaced = 0;
  delivered = 0;
  expired = 0;
  dropped = 0;
  bytesReceived = 0;
  bytesSent = 0;
  readonly messages: Record<CountedType, number> = {
    OFFER: 0,
    ANSWER: 0,
    CANDIDATE: 0,
    HEARTBEAT: 0,
    LEAVE: 0,
    OTHER: 0,
  };
  readonly refused: Record<Refusal, number> = {
    "bad-request": 0,
    "bad-key": 0,
    "id-taken": 0,
    "server-full": 0,
    "address-full": 0,
    "connection-rate": 0,
    origin: 0,
    unauthorized: 0,
    "handshake-timeout": 0,
    draining: 0,
    "message-rate": 0,
    "frame-size": 0,
    backlog: 0,
    silent: 0,
    "waiting-full": 0,
  };

  /** Counts a message of a client by its type. */
  countMessage(type: string): void {
    switch (type) {
      case "OFFER":
      case "ANSWER":
      case "CANDIDATE":
      case "HEARTBEAT":
      case "LEAVE":
        this.messages[type] += 1;
        break;
      default:
        this.messages.OTHER += 1;
    }
  }
}
