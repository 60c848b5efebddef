import { hostname } from "node:os";
import { isIPv4 } from "node:net";
import { NetworkError } from "@clayground/network";

/** What can be set for hosting in LAN mode (`signalingMode: "local"`), as an option or later as a property. */
export interface LanSettings {
  /** The port on which the host is reached, for a firewall that lets only one through; 0 for any free one. @default 0 */
  lanPort: number;
  /**
   * The IPv4 address of this machine that makes the code; empty: the likeliest one (the default route's interface,
   * private addresses, none of containers and VPNs). @default ""
   */
  lanAddress: string;
  /** What this network is called where people pick one, at most 60 characters. @default the machine's name */
  lanName: string;
  /** Which game this is, so that only its own networks are offered: letters, digits, `.`, `-`, `_`, at most 64. @default "" */
  appId: string;
  /** Whether others on the local network can find this one (DNS-SD); without it they need the code. @default true */
  advertise: boolean;
}

/** What each setting takes, and the words for it. */
const CHECKS: { readonly [K in keyof LanSettings]: readonly [(value: unknown) => boolean, string] } = {
  lanPort: [(value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535, "a port, 0 to 65535"],
  lanAddress: [(value) => value === "" || isIPv4(String(value)), "an IPv4 address of this machine, or empty"],
  lanName: [isName, "1 to 60 characters, none of them control characters"],
  appId: [(value) => typeof value === "string" && /^[\w.-]{0,64}$/.test(value), "letters, digits, . - _, at most 64"],
  advertise: [(value) => typeof value === "boolean", "true or false"],
};

/** The names of these settings. */
export const LAN_SETTINGS: readonly (keyof LanSettings)[] = Object.keys(CHECKS) as (keyof LanSettings)[];

/** @throws NetworkError `invalid-option` */
export function checkLanSetting(name: keyof LanSettings, value: unknown): void {
  const [isRight, words] = CHECKS[name];
  if (!isRight(value)) throw new NetworkError("invalid-option", `${name} must be ${words}`, { name });
}

/** The settings where nothing is said. */
export function defaultLanSettings(): LanSettings {
  const name = hostname()
    .replace(/\.local$/i, "")
    .slice(0, 60);
  return { lanPort: 0, lanAddress: "", lanName: isName(name) ? name : "Clayground", appId: "", advertise: true };
}

function isName(value: unknown): boolean {
  return typeof value === "string" && /\S/.test(value) && value.length <= 60 && !/\p{Cc}/u.test(value);
}
