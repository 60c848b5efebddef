/**
 * The promise that a message arrives. It is made only when somebody asks for it: who sends without waiting pays for none, and
 * no rejection is left unhandled. (For the lint rule `no-floating-promises` it is a known safe promise:
 * `allowForKnownSafePromises: ["Delivery"]`.)
 */
export class Delivery implements Promise<void> {
  /** Its name in a debugger. */
  readonly [Symbol.toStringTag] = "Delivery";
  readonly #wait: () => Promise<unknown>;
  #promise: Promise<void> | undefined;

  constructor(wait: () => Promise<unknown>) {
    this.#wait = wait;
  }

  /** As a promise's, which begins here. */
  // oxlint-disable-next-line unicorn/no-thenable -- it is one
  then<A = void, B = never>(
    fulfilled?: ((value: void) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#started.then(fulfilled, rejected);
  }

  /** As a promise's. */
  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<void | B> {
    return this.#started.catch(rejected);
  }

  /** As a promise's. */
  finally(done?: (() => void) | null): Promise<void> {
    return this.#started.finally(done);
  }

  get #started(): Promise<void> {
    return (this.#promise ??= this.#wait().then(() => {}));
  }
}
