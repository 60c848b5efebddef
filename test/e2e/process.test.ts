import { describe, expect } from "vitest";
import { deadUrl } from "../harness/servers/loopback.ts";
import { testOnStage } from "../harness/scene.ts";
import { within } from "../harness/test-node.ts";
import type { NodeProcess } from "../harness/node-process.ts";

const test = testOnStage();

/** No timer may hold a process up: far less than any period of the library. */
const ENDS_WITHIN_MS = 3000;

function ends(process: NodeProcess): Promise<number | string> {
  return within(process.exits(), ENDS_WITHIN_MS, () => "the process goes on");
}

describe("a Node process ends by itself", () => {
  test.concurrent("after leave(), as host and as joiner", async ({ scene }) => {
    const host = await scene.process();
    const joiner = await scene.process();
    await joiner.node.join(await host.node.host());
    await host.node.broadcast("bye");
    await joiner.node.waitFor({ event: "messageReceived" });
    await joiner.node.leave();
    await host.node.leave();
    expect(await Promise.all([ends(host.process), ends(joiner.process)])).toEqual([0, 0]);
  });

  test.concurrent("after the host has left a joiner behind", async ({ scene }) => {
    const host = await scene.process();
    const joiner = await scene.process();
    await joiner.node.join(await host.node.host());
    await host.node.leave();
    await joiner.node.waitFor({ property: "status", is: "disconnected" });
    expect(await Promise.all([ends(host.process), ends(joiner.process)])).toEqual([0, 0]);
  });

  test.concurrent("after the host has died", async ({ scene }) => {
    const host = await scene.process();
    const joiner = await scene.process();
    await joiner.node.join(await host.node.host());
    await host.node.kill();
    await joiner.node.waitFor({ property: "status", is: "error" });
    expect(await ends(joiner.process)).toBe(0);
  });

  test.concurrent("after an attempt that failed", async ({ scene }) => {
    const unknown = await scene.process();
    const down = await scene.process();
    await expect(unknown.node.join("NQBQDY")).rejects.toMatchObject({ code: "no-such-network" });
    await expect(down.node.host({ signalingUrl: await deadUrl() })).rejects.toMatchObject({
      code: "signaling-unreachable",
    });
    expect(await Promise.all([ends(unknown.process), ends(down.process)])).toEqual([0, 0]);
  });

  test.concurrent("when nothing was ever started", async ({ scene }) => {
    const idle = await scene.process();
    expect(await ends(idle.process)).toBe(0);
  });
});
