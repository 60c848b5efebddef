import { decodeLanCode, encodeLanCode } from "@clayground/protocol";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { LanServerError, startLanServer, type LanServerErrorCode, type LanServerOptions } from "../src/index.ts";
import { NetworkCards } from "./network-cards.ts";
import { Project } from "./project.ts";
import { connect, start, startOn } from "./running.ts";

const WIFI = { wlan0: ["192.168.1.5"] };
const addressOf = (code: string): string | undefined => decodeLanCode(code)?.address;

describe("the code", () => {
  test("is this machine's address and the port", async () => {
    const server = await start();
    expect(decodeLanCode(server.code)).toEqual({ address: "127.0.0.1", port: server.port });
    expect(server.signalingUrl).toBe(`ws://127.0.0.1:${server.port}/peerjs`);
    expect(server.pageUrl).toBeUndefined();
  });

  test("has the address that others most likely reach; the other ones are there for who is told them all", async () => {
    const server = await startOn({ docker0: ["172.17.0.1"], tun0: ["10.8.0.2"], eth0: ["169.254.3.4"], ...WIFI });
    expect(addressOf(server.code)).toBe("192.168.1.5");
    expect(server.codes[0]).toBe(server.code);
    expect(server.codes.map(addressOf)).toEqual(["192.168.1.5", "169.254.3.4", "172.17.0.1", "10.8.0.2"]);
  });

  test.each([
    ["nothing", {}, "127.0.0.1"],
    ["IPv6", { eth0: ["2001:db8::1"] }, "127.0.0.1"],
    ["one cable", { eth0: ["169.254.3.4", "fe80::1"] }, "169.254.3.4"],
    ["containers", { docker0: ["172.17.0.1"] }, "172.17.0.1"],
    ["a VPN", { utun4: ["10.8.0.2"] }, "10.8.0.2"],
  ])("on a machine that has only %s has %j", async (_what, cards, address) => {
    const server = await startOn(cards);
    expect(server.codes.map(addressOf)).toEqual([address]);
  });

  test("of a machine with dozens of networks: eight, and no more", async () => {
    const bridges = Array.from({ length: 40 }, (_, n): [string, string[]] => [`br-${n}`, [`172.20.${n}.1`]]);
    const { codes } = await startOn({ ...Object.fromEntries(bridges), ...WIFI });
    expect(codes.length).toBe(8);
    expect(addressOf(codes[0] ?? "")).toBe("192.168.1.5");
  });

  test("is there, too, where the system does not tell programs its addresses", async () => {
    const hidden = (): never => {
      throw new Error("uv_interface_addresses returned Unknown system error 13");
    };
    const { code } = await start({ address: "", interfaces: hidden, lookEveryMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(addressOf(code)).toBe("127.0.0.1");
  });

  test("has the address that was chosen, and no other", async () => {
    const { codes, port } = await startOn({ ...WIFI, tun0: ["10.8.0.2"] }, { address: "10.8.0.2" });
    expect(codes).toEqual([encodeLanCode({ address: "10.8.0.2", port })]);
  });

  test("changes with this machine's address, and the host is told once", async () => {
    const cards = new NetworkCards(WIFI);
    const project = new Project();
    onTestFinished(() => project.remove());
    const onCodeChanged = vi.fn<(code: string) => void>();
    const server = await start({
      address: "",
      serve: project.root,
      interfaces: cards.list,
      lookEveryMs: 2,
      onCodeChanged,
    });
    cards.change({ eth0: ["10.0.0.2"] });
    await vi.waitFor(() => expect(onCodeChanged).toHaveBeenCalled());
    expect(server.pageUrl).toBe(`http://10.0.0.2:${server.port}/`);
    expect(server.code).toBe(encodeLanCode({ address: "10.0.0.2", port: server.port }));
    await server.close();
    expect(onCodeChanged.mock.calls).toEqual([[server.code]]);
  });
});

describe("signaling", () => {
  test("takes the host with its token, joiners with any, and brings them together", async () => {
    const { signalingUrl, hostToken } = await start();
    const host = connect(signalingUrl, `key=peerjs&id=HOST&token=${hostToken}`);
    expect(await host.next()).toMatchObject({ type: "OPEN" });
    const joiner = connect(signalingUrl, "key=peerjs&id=c123&token=b&version=1.5.5");
    expect(await joiner.next()).toMatchObject({ type: "OPEN" });
    joiner.send({ type: "OFFER", dst: "HOST", payload: { a: 1 } });
    expect(await host.next()).toEqual({ type: "OFFER", src: "c123", dst: "HOST", payload: { a: 1 } });
  });

  test("nobody else can be the host, whether it is there or not", async () => {
    const { signalingUrl, hostToken } = await start();
    const refuse = async (query: string): Promise<void> => {
      expect(await connect(signalingUrl, query).next(), query).toMatchObject({ type: "ERROR" });
    };
    await refuse("key=peerjs&id=HOST&token=guess");
    await refuse(`key=peerjs&id=HOST&token=${hostToken.toUpperCase()}x`);
    const host = connect(signalingUrl, `key=peerjs&id=HOST&token=${hostToken}`);
    expect(await host.next()).toMatchObject({ type: "OPEN" });
    await refuse("key=peerjs&id=HOST&token=guess");
    host.send({ type: "HEARTBEAT" });
    expect(host.socket.readyState).toBe(host.socket.OPEN);
  });

  test("takes existing Clayground apps, but not as the host", async () => {
    const { signalingUrl } = await start();
    const app = connect(signalingUrl, "id=0123456789abcdef");
    app.socket.on("open", () => app.send({ id: "0123456789abcdef" }));
    expect(await app.next()).toEqual({ id: "0123456789abcdef", type: "OPEN" });
    const thief = connect(signalingUrl, "id=HOST");
    thief.socket.on("open", () => thief.send({ id: "HOST" }));
    expect(await thief.next()).toMatchObject({ type: "ERROR" });
  });

  test("a page of another origin gets in: clay-dev-server has its own port", async () => {
    const { port } = await start();
    const response = await fetch(`http://127.0.0.1:${port}/peerjs/id`, {
      headers: { origin: "http://192.0.2.7:8090" },
    });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
  });

  test("the answer of a host that leaves at once still arrives", async () => {
    const { signalingUrl, hostToken, close } = await start();
    const host = connect(signalingUrl, `key=peerjs&id=HOST&token=${hostToken}`);
    const joiner = connect(signalingUrl, "key=peerjs&id=a&token=b");
    await Promise.all([host.next(), joiner.next()]);
    host.send({ type: "ANSWER", dst: "a", payload: { bye: true } });
    host.socket.close();
    const closed = close();
    expect(await joiner.next()).toMatchObject({ type: "ANSWER", payload: { bye: true } });
    expect(await joiner.closed).toBe(1001);
    await closed;
  });

  test("is at IPv4 addresses alone: who has thousands of IPv6 addresses takes no place twice", async () => {
    const { port } = await startOn(WIFI);
    await expect(fetch(`http://[::1]:${port}/peerjs/id`)).rejects.toThrow("fetch failed");
    expect((await fetch(`http://127.0.0.1:${port}/peerjs/id`)).status).toBe(200);
  });

  test("close() ends, also when the host's client stays", async () => {
    const { signalingUrl, hostToken, close, port } = await start();
    const host = connect(signalingUrl, `key=peerjs&id=HOST&token=${hostToken}`);
    await host.next();
    await Promise.all([close(), close()]);
    expect(await host.closed).toBe(1001);
    expect((await start({ port })).port).toBe(port);
  });
});

describe("what it cannot start with has a code, and one line that says what to do", () => {
  async function expectError(options: LanServerOptions, code: LanServerErrorCode, message: RegExp): Promise<void> {
    const error: unknown = await startLanServer({ address: "127.0.0.1", ...options }).then(
      (server) => server.close(),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(LanServerError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect((error as LanServerError).message).not.toMatch(/\p{Cc}/u);
  }

  test("a port that is taken", async () => {
    const { port } = await start();
    await expectError({ port }, "port-taken", /^Port \d+ is taken\. Choose another one, or 0 for any\.$/);
  });

  test.each([-1, 65_536, 1.5, Number.NaN])("a port that is none: %s", (port) =>
    expectError({ port }, "failed", /is no port\. Choose one from 1 to 65535/),
  );

  test.runIf(process.platform === "linux" && process.getuid?.() !== 0)("a port that only root may have", () =>
    expectError({ port: 1 }, "port-forbidden", /may not use port 1\. Choose one above 1023/),
  );

  test("an address that this machine does not have; the message names those that it has", () =>
    expectError(
      { address: "192.0.2.9", interfaces: new NetworkCards({ ...WIFI, eth0: ["2001:db8::1"] }).list },
      "no-such-address",
      /^This machine has no IPv4 address 192\.0\.2\.9\. It has 192\.168\.1\.5\.$/,
    ));

  test.each(["2001:db8::1", "my-laptop", "127.0.0.256", "127.0.0.1\u001b[2J\n", "192.168.1.5 "])(
    "an address that makes no code: %j",
    (address) =>
      expectError(
        { address, interfaces: new NetworkCards({ ...WIFI, eth0: ["2001:db8::1"] }).list },
        "no-such-address",
        /It has 192/,
      ),
  );

  test("an address on a machine without a network", () =>
    expectError({ address: "192.168.1.5", interfaces: new NetworkCards({}).list }, "no-such-address", /in no network/));

  test("a folder that is missing, or is a file", async () => {
    const project = new Project();
    onTestFinished(() => project.remove());
    project.write("file");
    for (const path of ["nothing", "file", "a\u001b[2J\nb"])
      await expectError({ serve: `${project.root}/${path}` }, "no-such-folder", /^There is no folder .*Build the game/);
  });
});
