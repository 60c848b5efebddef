import { MAX_DEPTH, MAX_SIGNAL_LENGTH } from "@clayground/protocol";

/** Where the members of a frame stand that a server reads. */
export interface ScannedFrame {
  readonly type: string;
  readonly dst: string | undefined;
  /** The bytes of the payload; equal when it has none. */
  readonly start: number;
  readonly end: number;
}

const NO = -1;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const UPPER_E = 0x45;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const UNDERSCORE = 0x5f;
const LOWER_E = 0x65;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const PROTO_LENGTH = "__proto__".length;
/**
 * Finds the members of a client's frame without making strings and objects of its payload, which is only passed on.
 * Reading and writing an offer of 1.9 KiB with `JSON` takes 8 µs, twice as long as all the rest; this takes 0.6 µs.
 *
 * It answers only for what it is sure of: then `JSON.parse` reads the same `type` and `dst`, the payload's bytes are
 * one JSON value, and J1 to J3 hold; except that it does not look into the payload's strings, which would take
 * four times as long: with a wrong escape or a control character there, the receiver drops the frame. `undefined` says
 * nothing: the frame is then to be parsed.
 *
 * @param frame bytes that are UTF-8
 */
export function scanFrame(frame: Buffer): ScannedFrame | undefined {
  if (frame.length > MAX_SIGNAL_LENGTH) return undefined;
  let at = skipSpace(frame, 0);
  if (frame[at] !== OPEN_BRACE) return undefined;
  let type: string | undefined;
  let dst: string | undefined;
  let start = 0;
  let end = 0;
  at = skipSpace(frame, at + 1);
  for (;;) {
    const name = at;
    const nameEnd = plainStringEnd(frame, name);
    const value = nameEnd === NO ? NO : behindColon(frame, nameEnd);
    const valueEnd = value === NO ? NO : endOfValue(frame, value, 1);
    if (valueEnd === NO) return undefined;
    if (isName(frame, name, nameEnd, "type")) {
      if (type !== undefined) return undefined;
      type = plainString(frame, value);
      if (type === undefined) return undefined;
    } else if (isName(frame, name, nameEnd, "dst")) {
      if (dst !== undefined) return undefined;
      dst = plainString(frame, value);
      if (dst === undefined) return undefined;
    } else if (isName(frame, name, nameEnd, "payload")) {
      if (end > 0) return undefined;
      start = value;
      end = valueEnd;
    }
    at = skipSpace(frame, valueEnd);
    if (frame[at] === CLOSE_BRACE) break;
    if (frame[at] !== COMMA) return undefined;
    at = skipSpace(frame, at + 1);
  }
  const isAll = skipSpace(frame, at + 1) === frame.length;
  return isAll && type !== undefined ? { type, dst, start, end } : undefined;
}

/** The index behind the value that starts at `at`, which stands in so many objects and arrays; -1 when unsure. */
function endOfValue(bytes: Buffer, at: number, depth: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return stringEnd(bytes, at);
    case OPEN_BRACE:
      return depth < MAX_DEPTH ? endOfObject(bytes, at, depth + 1) : NO;
    case OPEN_BRACKET:
      return depth < MAX_DEPTH ? endOfArray(bytes, at, depth + 1) : NO;
    case 0x74:
      return endOfWord(bytes, at, "true");
    case 0x66:
      return endOfWord(bytes, at, "false");
    case 0x6e:
      return endOfWord(bytes, at, "null");
    default:
      return endOfNumber(bytes, at);
  }
}

function endOfObject(bytes: Buffer, start: number, depth: number): number {
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === CLOSE_BRACE) return at + 1;
  for (;;) {
    const nameEnd = plainStringEnd(bytes, at);
    const value = nameEnd === NO ? NO : behindColon(bytes, nameEnd);
    const end = value === NO ? NO : endOfValue(bytes, value, depth);
    if (end === NO) return NO;
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    if (bytes[at] !== COMMA) return NO;
    at = skipSpace(bytes, at + 1);
  }
}

function endOfArray(bytes: Buffer, start: number, depth: number): number {
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === CLOSE_BRACKET) return at + 1;
  for (;;) {
    const end = endOfValue(bytes, at, depth);
    if (end === NO) return NO;
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACKET) return at + 1;
    if (bytes[at] !== COMMA) return NO;
    at = skipSpace(bytes, at + 1);
  }
}

function endOfWord(bytes: Buffer, at: number, word: string): number {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return NO;
  return at + word.length;
}

function endOfNumber(bytes: Buffer, start: number): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  let at = endOfDigits(bytes, first);
  if (at === first || (bytes[first] === ZERO && at > first + 1)) return NO;
  if (bytes[at] === DOT) {
    const fraction = at + 1;
    at = endOfDigits(bytes, fraction);
    if (at === fraction) return NO;
  }
  if (bytes[at] !== UPPER_E && bytes[at] !== LOWER_E) return at;
  const sign = bytes[at + 1];
  const exponent = sign === PLUS || sign === MINUS ? at + 2 : at + 1;
  at = endOfDigits(bytes, exponent);
  return at === exponent ? NO : at;
}

function endOfDigits(bytes: Buffer, start: number): number {
  let at = start;
  for (let byte = bytes[at]; byte !== undefined && byte >= ZERO && byte <= NINE; byte = bytes[at]) at += 1;
  return at;
}

/** The index behind the string that starts at `at`. */
function stringEnd(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end !== NO; end = bytes.indexOf(QUOTE, end + 1)) {
    let before = end - 1;
    while (bytes[before] === BACKSLASH) before -= 1;
    // An even number of backslashes are escaped ones.
    if ((end - before) % 2 === 1) return end + 1;
  }
  return NO;
}

/** As {@link stringEnd}, for names and short words: printable ASCII without escapes, and not `__proto__`. */
function plainStringEnd(bytes: Buffer, start: number): number {
  if (bytes[start] !== QUOTE) return NO;
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at - start - 1 === PROTO_LENGTH && bytes[start + 1] === UNDERSCORE ? NO : at + 1;
    if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) return NO;
  }
  return NO;
}

function plainString(bytes: Buffer, start: number): string | undefined {
  const end = plainStringEnd(bytes, start);
  return end === NO ? undefined : bytes.toString("latin1", start + 1, end - 1);
}

function isName(bytes: Buffer, start: number, end: number, name: string): boolean {
  return end - start - 2 === name.length && endOfWord(bytes, start + 1, name) !== NO;
}

function behindColon(bytes: Buffer, from: number): number {
  const at = skipSpace(bytes, from);
  return bytes[at] === COLON ? skipSpace(bytes, at + 1) : NO;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[at])
    at += 1;
  return at;
}
