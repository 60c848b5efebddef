/** Event names with the arguments that their listeners get. */
export type EventMap<E> = { [K in keyof E]: readonly unknown[] };

type Listener = (...args: never[]) => void;

/**
 * Listeners by name. Events are delivered in the order of `emit`, in a microtask of their own: what
 * calls `emit` has returned before any listener runs, and one that throws does not stop the others.
 */
export class Emitter<E extends EventMap<E>> {
  readonly #listeners = new Map<keyof E, Set<Listener>>();
  readonly #onError: (error: unknown) => void;
  #queue: { name: keyof E; args: readonly unknown[] }[] = [];
  /** Index of the next event to deliver; shifting a long array for each event would cost more. */
  #head = 0;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  on<K extends keyof E>(name: K, listener: (...args: E[K]) => void): () => void {
    // Each registration is its own, also of the same function twice.
    const entry: Listener = (...args) => listener(...(args as unknown as E[K]));
    let set = this.#listeners.get(name);
    if (!set) this.#listeners.set(name, (set = new Set()));
    set.add(entry);
    return () => {
      set.delete(entry);
    };
  }

  /** Whether anybody listens. */
  has(name: keyof E): boolean {
    return !!this.#listeners.get(name)?.size;
  }

  emit<K extends keyof E>(name: K, ...args: E[K]): void {
    if (this.#queue.push({ name, args }) === 1) queueMicrotask(() => this.#flush());
  }

  /** Takes back what waits for delivery under these names. */
  discard(names: readonly (keyof E)[]): void {
    this.#queue = this.#queue.filter((event, index) => index < this.#head || !names.includes(event.name));
  }

  #flush(): void {
    while (this.#head < this.#queue.length) {
      const { name, args } = this.#queue[this.#head++]!;
      const current = this.#listeners.get(name);
      for (const listener of [...(current ?? [])]) {
        // One listener may have undone another.
        if (!current?.has(listener)) continue;
        try {
          listener(...(args as never[]));
        } catch (error) {
          this.#onError(error);
        }
      }
    }
    this.#queue = [];
    this.#head = 0;
  }
}
