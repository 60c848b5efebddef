/** What a game's host needs on a local network, apart from WebRTC. */
export type { Interfaces } from "./addresses/interfaces.ts";
export { allAddresses, lanAddresses } from "./addresses/lan-addresses.ts";
export { advertise, type AdvertiseOptions, type Advertisement } from "./discovery/advertise.ts";
export type { Announcement } from "./discovery/announcement.ts";
export { discoverNetworks, type DiscoverOptions } from "./discovery/discover-networks.ts";
export type { DiscoveredNetwork } from "./discovery/network-table.ts";
export { allowedHosts, findWrongAddress, type IsAllowedHost, type WrongAddress } from "./files/allowed-hosts.ts";
export { answer } from "./files/answers.ts";
export { insertIntoHead, metaTag } from "./files/page-head.ts";
export { serveFolder, type ServedFolder } from "./files/served-folder.ts";
export { sendFile } from "./files/static-files.ts";
export { LanServerError, type LanServer, type LanServerErrorCode, type LanServerOptions } from "./server/lan-server.ts";
export { startLanServer } from "./server/start-lan-server.ts";
export { terminalQr } from "./terminal-qr.ts";
export { toTerminalLine, toTerminalLines } from "./terminal-text.ts";
