import { describe, expect, test } from "vitest";
import { reachableAddresses } from "../src/addresses/lan-addresses.ts";
import { AddressWatch } from "../src/server/address-watch.ts";
import { NetworkCards } from "./network-cards.ts";

const WIFI = { wlan0: ["192.168.1.5"] };
const DOCKER = { docker0: ["172.17.0.1"] };

function watch(cards: NetworkCards, chosen = ""): AddressWatch {
  return new AddressWatch(() => reachableAddresses(cards.list(), []), chosen);
}

describe("which address stands in the code", () => {
  test("an address that goes is replaced by another one, when it has not come back by the next look", () => {
    const cards = new NetworkCards(WIFI);
    const watched = watch(cards);
    cards.change({ eth0: ["10.0.0.2"] });
    expect([watched.look(), watched.address]).toEqual([false, "192.168.1.5"]);
    expect([watched.look(), watched.address]).toEqual([true, "10.0.0.2"]);
    expect([watched.look(), watched.address]).toEqual([false, "10.0.0.2"]);
  });

  test("an address that comes back at once is never missed", () => {
    const cards = new NetworkCards(WIFI);
    const watched = watch(cards);
    for (let n = 0; n < 3; n++) {
      cards.change({ eth0: ["10.0.0.2"] });
      expect(watched.look()).toBe(false);
      cards.change({ ...WIFI, eth0: ["10.0.0.2"] });
      expect(watched.look()).toBe(false);
    }
    expect(watched.address).toBe("192.168.1.5");
  });

  test("a better one that comes changes nothing while the code's is there: people have it already", () => {
    const cards = new NetworkCards({ eth1: ["203.0.113.9"] });
    const watched = watch(cards);
    cards.change({ eth1: ["203.0.113.9"], ...WIFI });
    expect([watched.look(), watched.look(), watched.address]).toEqual([false, false, "203.0.113.9"]);
    expect(watched.addresses).toEqual(["203.0.113.9", "192.168.1.5"]);
  });

  test("without any network nothing changes until there is one", () => {
    const cards = new NetworkCards(WIFI);
    const watched = watch(cards);
    cards.change({});
    for (let n = 0; n < 5; n++) expect(watched.look()).toBe(false);
    expect(watched.addresses).toEqual(["192.168.1.5"]);
    cards.change({ wlan0: ["192.168.7.9"] });
    expect([watched.look(), watched.address]).toEqual([true, "192.168.7.9"]);
  });

  test("who loses Wi-Fi does not move into a container's network, and has the old code when Wi-Fi is back", () => {
    const cards = new NetworkCards({ ...WIFI, ...DOCKER });
    const watched = watch(cards);
    cards.change(DOCKER);
    for (let n = 0; n < 5; n++) expect(watched.look()).toBe(false);
    cards.change({ ...WIFI, ...DOCKER });
    expect([watched.look(), watched.address]).toEqual([false, "192.168.1.5"]);
  });

  test.each([
    ["nothing", {}, "127.0.0.1"],
    ["containers", DOCKER, "172.17.0.1"],
    ["a VPN", { tun0: ["10.8.0.2"] }, "10.8.0.2"],
    ["one cable", { eth0: ["169.254.3.4"] }, "169.254.3.4"],
  ])("a machine that has only %s takes that, and a network as soon as there is one", (_what, only, address) => {
    const cards = new NetworkCards(only);
    const watched = watch(cards);
    expect([watched.look(), watched.address]).toEqual([false, address]);
    cards.change({ ...only, ...WIFI });
    expect([watched.look(), watched.address]).toEqual([true, "192.168.1.5"]);
  });

  test("a cable without a router is better than none", () => {
    const cards = new NetworkCards({ eth0: ["10.0.0.2"], ...DOCKER });
    const watched = watch(cards);
    cards.change({ eth0: ["169.254.3.4"], ...DOCKER });
    expect([watched.look(), watched.look(), watched.address]).toEqual([false, true, "169.254.3.4"]);
  });

  test("a chosen address stays, whatever happens", () => {
    const cards = new NetworkCards({ ...WIFI, eth0: ["10.0.0.2"] });
    const watched = watch(cards, "10.0.0.2");
    cards.change(WIFI);
    for (let n = 0; n < 5; n++) expect(watched.look()).toBe(false);
    expect(watched.addresses).toEqual(["10.0.0.2"]);
  });
});
