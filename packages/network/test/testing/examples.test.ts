import { expect, expectTypeOf, test } from "vitest";
import { Network } from "../../src/index.ts";
import { MemoryNetwork, realTime } from "../../src/testing/index.ts";
import type { TestableNetwork, Waiting } from "../../src/testing/index.ts";

test("the example in MemoryNetwork's documentation ends as it says", async () => {
  const net = new MemoryNetwork({ seed: 7, link: { delay: 40, loss: 0.02 } });
  const alice = new Network({ platform: net.platform("alice") });
  const bob = new Network({ platform: net.platform("bob") });
  const code = await net.until(alice.host());
  await net.until(bob.join(code));
  net.kill("alice");
  await net.advance(5000);
  expect(bob.status).toBe("error");
});

test("a Network is a TestableNetwork, and real time is waited for like virtual time", () => {
  expectTypeOf<Network>().toExtend<TestableNetwork>();
  expectTypeOf(realTime).returns.toEqualTypeOf<Waiting>();
});
