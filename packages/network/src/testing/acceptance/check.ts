/** Throws with this sentence when the condition does not hold. */
export function check(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence);
}

/** Throws when two JSON values differ. */
export function same(actual: unknown, expected: unknown, what: string): void {
  if (!isSame(actual, expected)) throw new Error(`${what}: ${show(actual)} instead of ${show(expected)}`);
}

/** Whether two values are equal, member by member, and bytes of the same type. */
export function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const bytes = bytesOf(a);
  if (bytes) {
    const others = bytesOf(b);
    return tagOf(a) === tagOf(b) && bytes.length === others?.length && bytes.every((byte, i) => byte === others[i]);
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]))
  );
}

function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

/** Throws when the call does not. */
export function throws(call: () => unknown, what: string): void {
  let isThrown = false;
  try {
    call();
  } catch {
    isThrown = true;
  }
  check(isThrown, `${what} did not throw`);
}

/** What a promise rejects with. Throws when it does not reject. */
export async function rejection(promise: PromiseLike<unknown>, what: string): Promise<unknown> {
  let isFulfilled = false;
  try {
    await promise;
    isFulfilled = true;
  } catch (error) {
    return error;
  }
  check(!isFulfilled, `${what} did not reject`);
  return undefined;
}

/** A promise and its resolver: what an event handler can settle. */
export function signal<T = void>(): { readonly promise: Promise<T>; readonly fire: (value: T) => void } {
  let fire: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => (fire = resolve));
  return { promise, fire };
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}
