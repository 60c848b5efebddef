import { Network as CoreNetwork, NetworkError } from "@clayground/network";
import type {
  HostOptions as CoreHostOptions,
  NetworkOptions as CoreOptions,
  NetworkTypes,
  Platform,
} from "@clayground/network";
import { LanHosting } from "./lan-hosting.ts";
import { checkLanSetting, LAN_SETTINGS } from "./lan-settings.ts";
import type { LanSettings } from "./lan-settings.ts";
import { createNodePlatform } from "./node-platform.ts";

/** Options of {@link Network}: those of `@clayground/network`, and what a host in LAN mode can be told. */
export type NetworkOptions<T extends NetworkTypes = NetworkTypes> = CoreOptions<T> & Partial<LanSettings>;

/** Options of {@link Network.host}. */
export interface HostOptions extends CoreHostOptions {
  /**
   * In LAN mode: a folder with the game's page, served to browsers in the same network. Its address is printed with a QR code;
   * the page finds the code by `invitation()`. @default none
   */
  serve?: string;
}

/** The properties that come with Node; what each means is said where its type is. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging, no-unused-vars -- the static block below defines all; T must be named alike
export interface Network<T extends NetworkTypes = NetworkTypes> extends LanSettings {}

/**
 * The `Network` of `@clayground/network`, on Node's own platform, which can also host in LAN mode.
 *
 * @example
 * ```ts
 * const network = new Network({ signalingMode: "local", lanName: "Anna's game" });
 * console.log(await network.host({ serve: "./dist" }));
 * ```
 */
export class Network<T extends NetworkTypes = NetworkTypes> extends CoreNetwork<T> {
  readonly #lan: LanHosting;

  /** @throws NetworkError `invalid-option` or `not-supported`, for an option that cannot be. */
  constructor(options: NetworkOptions<T> = {}) {
    const { platform = createNodePlatform(), ...others } = options;
    const own = Object.entries(others).filter(([name]) => isLanSetting(name));
    const core = Object.fromEntries(Object.entries(others).filter(([name]) => !isLanSetting(name)));
    const lan = new LanHosting(() => ({ nodeCount: Math.max(1, this.nodeCount), maxNodes: this.maxNodes }));
    super({ ...(core as CoreOptions<T>), platform: withLan(platform, lan) });
    this.#lan = lan;
    for (const [name, value] of own) if (value !== undefined) this.#configure(name as keyof LanSettings, value);
    this.on("networkCreated", () => this.connected && lan.announce());
    this.on("nodeCountChanged", () => lan.changed());
  }

  /** Where the page is that this host serves (`host({ serve })`); `undefined` while there is none. */
  get pageUrl(): string | undefined {
    return this.connected ? this.#lan.pageUrl : undefined;
  }

  /**
   * Creates a network and becomes its host.
   *
   * @returns the code by which others join
   * @throws NetworkError (rejection) as in `@clayground/network`; `invalid-option` for `serve` without LAN mode
   */
  override host({ serve, ...options }: HostOptions = {}): Promise<string> {
    if (serve !== undefined && this.signalingMode !== "local") {
      const refused = Promise.reject<string>(
        new NetworkError("invalid-option", 'serve needs signalingMode: "local"', { name: "serve" }),
      );
      refused.catch(() => {});
      return refused;
    }
    // A call too many is refused, and changes nothing.
    if (!this.#isInNetwork) this.#lan.serve = serve;
    return super.host(options);
  }

  get #isInNetwork(): boolean {
    return this.status === "connecting" || this.connected;
  }

  #configure(name: keyof LanSettings, value: unknown): void {
    checkLanSetting(name, value);
    if (this.#isInNetwork) throw new NetworkError("invalid-state", `${name} is fixed in a network`, { name });
    Object.assign(this.#lan.settings, { [name]: value });
  }

  static {
    const maxNodes = Object.getOwnPropertyDescriptor(CoreNetwork.prototype, "maxNodes")!;
    Object.defineProperty(Network.prototype, "maxNodes", {
      ...maxNodes,
      set(this: Network, value: unknown) {
        maxNodes.set!.call(this, value);
        // Whoever looks for a place sees it.
        this.#lan.changed();
      },
    });
    for (const name of LAN_SETTINGS)
      Object.defineProperty(Network.prototype, name, {
        get(this: Network) {
          return this.#lan.settings[name];
        },
        set(this: Network, value: unknown) {
          this.#configure(name, value);
        },
      });
  }
}

function isLanSetting(name: string): name is keyof LanSettings {
  return (LAN_SETTINGS as readonly string[]).includes(name);
}

/** The platform with LAN mode, unless it has its own or is an object of somebody's class, which cannot be copied. */
function withLan(platform: Platform, lan: LanHosting): Platform {
  if (platform.openLanServer || Object.getPrototypeOf(platform) !== Object.prototype) return platform;
  return { ...platform, openLanServer: (onMoved) => lan.open(onMoved) };
}
