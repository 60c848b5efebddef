import { expect, test } from "vitest";
import { codeOf, NOTHING, setup } from "./memory-nodes.ts";

test("where no WebSocket gets through, host and joiner meet over plain HTTP by themselves", async () => {
  const { net, node } = setup();
  net.signaling.blocksWebSockets = true;
  const host = node("host");
  const joiner = node("joiner");
  const code = await net.until(host.host());
  await net.until(joiner.join(code));
  expect(host.nodes).toEqual([joiner.nodeId]);
  host.leave();
  joiner.leave();
  await net.advance(2000);
  expect(net.open()).toEqual(NOTHING);
});

test("one over HTTP and one over a WebSocket are the same network", async () => {
  const { net, node } = setup();
  const code = await net.until(node("host").host());
  net.signaling.blocksWebSockets = true;
  const joiner = node("joiner");
  await net.until(joiner.join(code));
  expect(joiner.nodes).toEqual([code]);
});

test("a host over HTTP comes back over HTTP when the server was restarted", async () => {
  const { net, node } = setup();
  net.signaling.blocksWebSockets = true;
  const code = await net.until(node("host").host());
  net.signaling.stop();
  await net.advance(3000);
  net.signaling.start();
  await net.advance(15_000);
  await net.until(node("joiner").join(code));
});

test("a server that is not there is not asked over HTTP", async () => {
  const { net, node } = setup();
  net.signaling.stop("unreachable");
  expect(await codeOf(net.until(node("host").host()))).toBe("signaling-unreachable");
});

test("a server that knows no HTTP either has refused", async () => {
  const { net, node } = setup();
  const host = node("host", { signalingUrl: net.signalingUrl });
  net.signaling.stop("refused");
  expect(await codeOf(net.until(host.host()))).toBe("signaling-refused");
});

test("who leaves while the reason is looked for opens nothing any more", async () => {
  const { net, node } = setup();
  net.signaling.blocksWebSockets = true;
  for (let after = 0; after < 12; after++) {
    const host = node(`host${after}`);
    const hosting = codeOf(host.host());
    await net.advance(after);
    host.leave();
    await net.until(hosting);
    await net.advance(2000);
    expect(net.open()).toEqual(NOTHING);
  }
});

test("a page that cannot load the part for HTTP any more is offline", async () => {
  const { net, node } = setup();
  net.signaling.blocksWebSockets = true;
  const platform = net.platform("page");
  platform.loadHttp = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
  expect(await codeOf(net.until(node("host", { platform }).host()))).toBe("signaling-unreachable");
});
