import { discoverNetworks } from "@clayground/network-node";

// usage: node discoverer.js [appId]: each list of the networks that are found, as a line of JSON.
const [, , appId] = process.argv;
for await (const networks of discoverNetworks(appId === undefined ? {} : { appId })) {
  console.log(JSON.stringify(networks));
}
