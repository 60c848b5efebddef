import { decodeLanCode, encodeLanCode } from "@clayground/protocol";
import { expect } from "vitest";
import { Discoverer } from "../harness/lan/discoverer.ts";
import { testInLan } from "../harness/lan/lan-scene.ts";

/** Cleo looks from the room. Dora is in the room, too, but her way out, and so her best address, is in the office. Emil moves, and Fay's cable is pulled. */
const test = testInLan({
  hosts: ["anna", "ben", "cleo", { name: "dora", segments: ["office", "room"] }, "emil", "fay"],
});

/** How soon a death must be known. */
const NOTICED_WITHIN_MS = 5000;

test.concurrent("who looks for networks sees one appear on another machine, fill, and go", async ({ scene }) => {
  const cleo = new Discoverer(scene.host("cleo"));
  const [host, joiner] = [
    await scene.node("anna", { lanName: "Anna's <game>", appId: "io.x", maxNodes: 4 }),
    await scene.node("ben"),
  ];
  const code = await host.host();
  const found = await cleo.finds("Anna's <game>");
  expect(found).toMatchObject({ code, nodeCount: 1, maxNodes: 4, appId: "io.x" });
  await joiner.join(found.codes);
  await cleo.finds("Anna's <game>", { nodeCount: 2 });
  await host.leave();
  await cleo.misses("Anna's <game>", NOTICED_WITHIN_MS);
});

test.concurrent("a host that is killed is gone from the list within 5 s", async ({ scene }) => {
  const cleo = new Discoverer(scene.host("cleo"));
  const host = await scene.node("anna", { lanName: "doomed" });
  await host.host();
  await cleo.finds("doomed");
  await host.kill();
  await cleo.misses("doomed", NOTICED_WITHIN_MS);
});

test.concurrent("a machine whose cable is pulled is gone from the list within 5 s, and is back when it is plugged in again", async ({
  scene,
}) => {
  const cleo = new Discoverer(scene.host("cleo"));
  const host = await scene.node("fay", { lanName: "unplugged" });
  await host.host();
  await cleo.finds("unplugged");
  await scene.host("fay").cut();
  await cleo.misses("unplugged", NOTICED_WITHIN_MS);
  await scene.host("fay").mend();
  await cleo.finds("unplugged");
});

test.concurrent("a game sees its own networks only, and none that do not want to be seen", async ({ scene }) => {
  const chess = new Discoverer(scene.host("cleo"), "chess");
  const all = new Discoverer(scene.host("cleo"));
  const [mine, other, hidden] = await Promise.all([
    scene.node("anna", { lanName: "chess", appId: "chess" }),
    scene.node("anna", { lanName: "checkers", appId: "checkers" }),
    scene.node("anna", { lanName: "hidden", appId: "chess", advertise: false }),
  ]);
  await hidden.host();
  await other.host();
  await mine.host();
  await all.finds("checkers");
  const list = await chess.sees((networks) => networks.length > 0);
  expect(list.map(({ name }) => name)).toEqual(["chess"]);
});

test.concurrent("of a host's addresses the one that can be reached is used: by what discovery gives, and by a list", async ({
  scene,
}) => {
  const cleo = new Discoverer(scene.host("cleo"));
  const [host, ...joiners] = await Promise.all([
    scene.node("dora", { lanName: "two interfaces" }),
    scene.node("cleo"),
    scene.node("cleo"),
    scene.node("cleo"),
  ]);
  const code = await host.host();
  const { address, port } = decodeLanCode(code)!;
  expect(address).toBe(scene.host("dora").address("office"));
  const inRoom = encodeLanCode({ address: scene.host("dora").address("room"), port })!;
  const found = await cleo.finds("two interfaces");
  expect(new Set(found.codes)).toEqual(new Set([code, inRoom]));
  expect(found.code).toBe(inRoom);
  await Promise.all([
    joiners[0].join(found.codes),
    joiners[1].join([code, inRoom]),
    expect(joiners[2].join(code)).rejects.toMatchObject({ code: "lan-unreachable" }),
  ]);
  await host.waitFor({ property: "nodeCount", is: 3 });
});

test.concurrent("a host whose address changes says so, is found again, and takes joiners by the new code", async ({
  scene,
}) => {
  const cleo = new Discoverer(scene.host("cleo"));
  const [host, joiner] = [await scene.node("emil", { lanName: "traveller" }), await scene.node("cleo")];
  const code = await host.host();
  await cleo.finds("traveller", { code });
  await scene.host("emil").move("room", "10.77.0.99");
  const { port } = decodeLanCode(code)!;
  const moved = encodeLanCode({ address: "10.77.0.99", port })!;
  await host.waitFor({ property: "networkId", is: moved });
  await host.waitFor({ event: "networkIdChanged", args: [moved] });
  const [message, error] = (await host.waitFor({ event: "errorOccurred" }))?.args ?? [];
  expect(error).toMatchObject({ code: "lan-moved", message });
  expect(message).toContain(moved);
  expect(await host.snapshot()).toMatchObject({ status: "connected", isHost: true });
  await joiner.join((await cleo.finds("traveller", { code: moved })).codes);
  await host.waitFor({ property: "nodeCount", is: 2 });
});
