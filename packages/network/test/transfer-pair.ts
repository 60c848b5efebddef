import { decodePacket, encodePacket, parseFrames } from "@clayground/protocol";
import type { FragmentFrame, ReceiptFrame } from "@clayground/protocol";
import { expect } from "vitest";
import type { Platform } from "../src/platform/platform.ts";
import { encodePayload } from "../src/session/payload.ts";
import type { MessageProgress, SendOptions, TransferWire } from "../src/session/transfer-wire.ts";
import { Transfers } from "../src/session/transfers.ts";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import type { Outgoing } from "../src/transport/reliable-stream.ts";

/** What passes between them. */
export type Frame = FragmentFrame | ReceiptFrame;

export const KB = 1024;

/** One side: its transfers, and what it hears. */
export interface End {
  readonly transfers: Transfers;
  readonly heard: unknown[];
  readonly progress: MessageProgress[];
  /** All that it said, and what is given to the other side of it. */
  readonly said: Frame[];
  change: (frame: Frame) => readonly Frame[];
}

/** Two nodes, "a" and "b", that hear each other over a way that carries so many bytes in a millisecond. */
export class Pair {
  readonly clock: VirtualClock = new VirtualClock();
  readonly a: End;
  readonly b: End;

  constructor(rate = 1000, delay = 10, limits: { a?: number; b?: number } = {}) {
    this.a = this.#end("b", rate, delay, limits.a, () => this.b);
    this.b = this.#end("a", rate, delay, limits.b, () => this.a);
  }

  async run(ms: number): Promise<void> {
    await this.clock.advance(ms, () => {});
  }

  /** From "a" to "b". What came of it is told, so that no failure goes unheard. */
  send(data: unknown, options: SendOptions = {}): { result: unknown } {
    const sending = { result: undefined as unknown };
    this.a.transfers.send("b", encodePayload(data, Infinity), false, options).then(
      () => (sending.result = "delivered"),
      (error: { code: string }) => (sending.result = error.code),
    );
    return sending;
  }

  #end(other: string, rate: number, delay: number, limit = 64 * KB * KB, to: () => End): End {
    const { clock } = this;
    const me = other === "a" ? "b" : "a";
    let freeAt = 0;
    const post = (_nodeId: string, frame: Outgoing): void => {
      const read = through(frame);
      end.said.push(read);
      for (const changed of end.change(read)) {
        freeAt = Math.max(freeAt, clock.now) + (100 + (changed.t === "f" ? changed.bytes.length : 0)) / rate;
        clock.schedule(freeAt - clock.now + delay, () => to().transfers.received(me, changed));
      }
    };
    const platform: Pick<Platform, "now" | "reportError"> = {
      now: () => clock.now,
      reportError: (error) => {
        throw error;
      },
    };
    const wire: TransferWire = {
      platform: platform as Platform,
      maxMessageSize: limit,
      post,
      maxMessage: () => 256 * KB,
      isPassedOn: () => false,
      message: (_from, data) => end.heard.push(data),
      progress: (_from, progress) => end.progress.push(progress),
    };
    const end: End = { transfers: new Transfers(wire), heard: [], progress: [], said: [], change: (frame) => [frame] };
    return end;
  }
}

/** A frame as the other side reads it. */
function through({ head, bytes }: Outgoing): Frame {
  const message = encodePacket({ text: `{${head.slice(1)}}`, bytes });
  const frames = parseFrames(decodePacket(typeof message === "string" ? message : (message.buffer as ArrayBuffer)));
  expect(frames).toHaveLength(1);
  return frames[0] as Frame;
}

export const bytesOf = (size: number, first = 1): Uint8Array => new Uint8Array(size).fill(first);
