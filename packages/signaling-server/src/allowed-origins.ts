/** A list of origins of pages, exact or as `https://*.example.com`. */
export class AllowedOrigins {
  readonly #exact: ReadonlySet<string> | undefined;
  readonly #below: readonly { readonly scheme: string; readonly host: string }[];

  /** @param origins no list: all may */
  constructor(origins: readonly string[] | undefined) {
    const isPattern = (origin: string): boolean => origin.includes("://*.");
    this.#exact = origins && new Set(origins.filter((each) => !isPattern(each)).map((each) => each.toLowerCase()));
    this.#below = (origins ?? []).filter(isPattern).map((pattern) => {
      const [scheme = "", host = ""] = pattern.toLowerCase().split("*", 2);
      return { scheme, host };
    });
  }

  /** Whether a page of this origin may connect; who has none is no browser. */
  allows(origin: string | undefined): boolean {
    if (!this.#exact || origin === undefined) return true;
    const asked = origin.toLowerCase();
    if (this.#exact.has(asked)) return true;
    return this.#below.some(
      ({ scheme, host }) =>
        asked.startsWith(scheme) &&
        asked.endsWith(host) &&
        /^[a-z\d-]+(?:\.[a-z\d-]+)*$/.test(asked.slice(scheme.length, asked.length - host.length)),
    );
  }

  /** The headers with which a page of this origin, if it may, reads an answer. */
  headers(origin: string | undefined): Readonly<Record<string, string>> {
    if (!this.#exact) return { "access-control-allow-origin": "*" };
    // Whatever keeps the answer must not give it to a page of another origin.
    if (origin === undefined || !this.allows(origin)) return { vary: "origin" };
    return { "access-control-allow-origin": origin, vary: "origin" };
  }
}
