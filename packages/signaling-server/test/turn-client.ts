import { createHash, createHmac, randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";

// RFC 8489 (STUN) and RFC 8656 (TURN), as much of them as one allocation over UDP on loopback needs.
const MAGIC_COOKIE = 0x2112_a442;
const HEADER = 20;
const ALLOCATE = 0x0003;
const REFRESH = 0x0004;
const CREATE_PERMISSION = 0x0008;
const SUCCESS = 0x0100;
const ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  peerAddress: 0x0012,
  realm: 0x0014,
  nonce: 0x0015,
  relayedAddress: 0x0016,
  requestedTransport: 0x0019,
} as const;
const UDP = Buffer.from([17, 0, 0, 0]);
/** RFC 8489, 6.2.1 has 500 ms; loopback answers in less than one. */
const RETRANSMIT_MS = 100;
const TIMEOUT_MS = 10_000;

/** A TURN server's answer. */
export interface TurnAnswer {
  /** 0 for success, else STUN's error code, as 401. */
  readonly error: number;
  /** The port on the relay that is now the client's. */
  readonly relayedPort?: number;
  readonly realm?: string;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

/** A minimal TURN client: one socket, long-term credentials. */
export class TurnClient {
  readonly #socket: Socket = createSocket("udp4");
  readonly #port: number;
  #realm: Buffer = Buffer.alloc(0);
  #nonce: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.#port = port;
    // Nothing listens yet: asked again.
    this.#socket.on("error", () => undefined);
  }

  /** Asks without credentials, as every client does first; learns realm and nonce. Waits until the server is there. */
  async probe(): Promise<TurnAnswer> {
    const answer = await this.#ask(ALLOCATE, [[ATTRIBUTE.requestedTransport, UDP]]);
    this.#realm = answer.attributes.get(ATTRIBUTE.realm) ?? this.#realm;
    this.#nonce = answer.attributes.get(ATTRIBUTE.nonce) ?? this.#nonce;
    return answer;
  }

  /** Asks for a relay. */
  async allocate(username: string, credential: string): Promise<TurnAnswer> {
    await this.probe();
    return this.#askSigned(ALLOCATE, [[ATTRIBUTE.requestedTransport, UDP]], username, credential);
  }

  /** Asks to keep the relay. */
  refresh(username: string, credential: string): Promise<TurnAnswer> {
    const lifetime = Buffer.from([0, 0, 2, 88]);
    return this.#askSigned(REFRESH, [[ATTRIBUTE.lifetime, lifetime]], username, credential);
  }

  /** Asks to reach an IPv4 address through the relay; sends nothing to it. */
  permit(address: string, username: string, credential: string): Promise<TurnAnswer> {
    // XOR-PEER-ADDRESS: family, port, and address, the latter two against the cookie.
    const peer = Buffer.alloc(8);
    peer.writeUInt8(1, 1);
    const bytes = Buffer.from(address.split(".").map(Number)).readUInt32BE();
    peer.writeUInt32BE((bytes ^ MAGIC_COOKIE) >>> 0, 4);
    return this.#askSigned(CREATE_PERMISSION, [[ATTRIBUTE.peerAddress, peer]], username, credential);
  }

  close(): void {
    this.#socket.close();
  }

  #askSigned(type: number, own: readonly Attribute[], username: string, credential: string): Promise<TurnAnswer> {
    const key = createHash("md5").update(`${username}:${this.#realm}:${credential}`).digest();
    const identity: Attribute[] = [
      [ATTRIBUTE.username, Buffer.from(username)],
      [ATTRIBUTE.realm, this.#realm],
      [ATTRIBUTE.nonce, this.#nonce],
    ];
    return this.#ask(type, [...own, ...identity], key);
  }

  #ask(type: number, attributes: readonly Attribute[], key?: Buffer): Promise<TurnAnswer> {
    const transaction = randomBytes(12);
    const request = encode(type, transaction, attributes, key);
    return new Promise((resolve, reject) => {
      const send = (): void => this.#socket.send(request, this.#port, "127.0.0.1");
      const resending = setInterval(send, RETRANSMIT_MS);
      const timeout = setTimeout(() => settle(() => reject(new Error("no TURN server answers"))), TIMEOUT_MS);
      const settle = (report: () => void): void => {
        clearInterval(resending);
        clearTimeout(timeout);
        this.#socket.off("message", onMessage);
        report();
      };
      const onMessage = (answer: Buffer): void => {
        if (answer.subarray(8, HEADER).equals(transaction)) settle(() => resolve(decode(type, answer)));
      };
      this.#socket.on("message", onMessage);
      send();
    });
  }
}

type Attribute = readonly [type: number, value: Buffer];

function encode(type: number, transaction: Buffer, attributes: readonly Attribute[], key: Buffer | undefined): Buffer {
  const body = Buffer.concat(attributes.map(encodeAttribute));
  if (!key) return Buffer.concat([header(type, body.length, transaction), body]);
  // RFC 8489, 14.5: the length in the signed header counts MESSAGE-INTEGRITY already.
  const signed = Buffer.concat([header(type, body.length + 24, transaction), body]);
  const integrity = createHmac("sha1", key).update(signed).digest();
  return Buffer.concat([signed, encodeAttribute([ATTRIBUTE.messageIntegrity, integrity])]);
}

function header(type: number, length: number, transaction: Buffer): Buffer {
  const start = Buffer.alloc(8);
  start.writeUInt16BE(type, 0);
  start.writeUInt16BE(length, 2);
  start.writeUInt32BE(MAGIC_COOKIE, 4);
  return Buffer.concat([start, transaction]);
}

function encodeAttribute([type, value]: Attribute): Buffer {
  const start = Buffer.alloc(4);
  start.writeUInt16BE(type, 0);
  start.writeUInt16BE(value.length, 2);
  return Buffer.concat([start, value, Buffer.alloc(padding(value.length))]);
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}

function decode(request: number, answer: Buffer): TurnAnswer {
  const attributes = new Map<number, Buffer>();
  for (let at = HEADER; at + 4 <= answer.length;) {
    const length = answer.readUInt16BE(at + 2);
    attributes.set(answer.readUInt16BE(at), answer.subarray(at + 4, at + 4 + length));
    at += 4 + length + padding(length);
  }
  const isSuccess = answer.readUInt16BE(0) === (request | SUCCESS);
  const code = attributes.get(ATTRIBUTE.errorCode);
  const relayed = attributes.get(ATTRIBUTE.relayedAddress);
  const realm = attributes.get(ATTRIBUTE.realm);
  return {
    error: isSuccess ? 0 : (code?.readUInt8(2) ?? 0) * 100 + (code?.readUInt8(3) ?? 0),
    ...(relayed && { relayedPort: relayed.readUInt16BE(2) ^ (MAGIC_COOKIE >>> 16) }),
    ...(realm && { realm: realm.toString() }),
    attributes,
  };
}
