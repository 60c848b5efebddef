import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { lanAddress } from "../harness/lan-address.ts";
import { testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";
import { serveProject } from "../harness/servers/project.ts";
import type { ServedProject } from "../harness/servers/project.ts";
import type { NodeKind, TestNode } from "../harness/test-node.ts";
import { talk } from "../harness/talk.ts";

const test = testOnStage();
const LAN = lanAddress();
const LOOPBACK = "127.0.0.1";
/** For Node, which nobody asks whether a certificate is all right. */
const TRUSTING = { NODE_EXTRA_CA_CERTS: join(homedir(), ".clay-dev-cert", "certificate.pem") };

let plain: ServedProject;
let secure: ServedProject;
beforeAll(async () => {
  [plain, secure] = await Promise.all([serveProject(), serveProject({ https: true })]);
});
afterAll(() => Promise.all([plain.close(), secure.close()]));

/** A page of the project that is told nothing: it finds signaling by itself. A Node process is told the URL. */
async function player(scene: Scene, kind: NodeKind, project: ServedProject, host: string): Promise<TestNode> {
  if (kind !== "node") {
    return (await scene.tab({ kind, acceptsCertificates: true }, {}, { page: project.nodePage(host) })).node;
  }
  const signalingUrl = `${project.secure ? "wss" : "ws"}://${host}:${project.port}/peerjs`;
  return (await scene.process({ signalingUrl }, TRUSTING)).node;
}

/** How players reach the dev server, and who hosts and joins there. */
const ROUTES: readonly {
  name: string;
  project: () => ServedProject;
  host: string | undefined;
  kinds: readonly NodeKind[];
}[] = [
  { name: "http", project: () => plain, host: LOOPBACK, kinds: ["chromium", "firefox", "node"] },
  { name: "https", project: () => secure, host: LOOPBACK, kinds: ["firefox", "node", "chromium"] },
  { name: "http in the LAN", project: () => plain, host: LAN, kinds: ["node", "chromium", "firefox"] },
  { name: "https in the LAN", project: () => secure, host: LAN, kinds: ["chromium", "node", "firefox"] },
];

for (const { name, project, host, kinds } of ROUTES) {
  if (host === undefined) continue;
  test.concurrent(`a ${kinds[0]} host and joiners in ${kinds[1]} and ${kinds[2]} play through clay-dev-server over ${name}, and are told nothing`, async ({
    scene,
  }) => {
    const nodes = await Promise.all(kinds.map((kind) => player(scene, kind, project(), host)));
    const [hosting, ...joiners] = nodes as [TestNode, ...TestNode[]];
    const code = await hosting.host();
    await Promise.all(joiners.map((joiner) => joiner.join(code)));
    await talk(nodes);
  });
}

describe.concurrent("what is wrong is said", () => {
  for (const kind of ["chromium", "firefox"] as const) {
    // To loopback it may.
    test.skipIf(LAN === undefined)(`a page on https in ${kind} learns that it may not use ws`, async ({ scene }) => {
      const signalingUrl = `ws://${LAN}:${plain.port}/peerjs`;
      const choice = { kind, acceptsCertificates: true };
      const { node } = await scene.tab(choice, { signalingUrl }, { page: secure.nodePage(LAN) });
      await expect(node.host()).rejects.toMatchObject({ code: "signaling-blocked" });
    });

    test(`${kind} without an exception for the certificate says that it is the certificate`, async ({ scene }) => {
      const node = await scene.node(kind, { signalingUrl: `wss://${LOOPBACK}:${secure.port}/peerjs` });
      await expect(node.host()).rejects.toMatchObject({ code: "signaling-certificate" });
    });
  }

  test("Node says that it is the certificate", async ({ scene }) => {
    const node = await scene.node("node", { signalingUrl: `wss://${LOOPBACK}:${secure.port}/peerjs` });
    await expect(node.host()).rejects.toMatchObject({ code: "signaling-certificate" });
  });

  for (const kind of ["chromium", "firefox", "node"] as const) {
    test(`${kind} that uses ws where the server speaks https learns that it is refused`, async ({ scene }) => {
      const node = await scene.node(kind, { signalingUrl: `ws://${LOOPBACK}:${secure.port}/peerjs` });
      await expect(node.host()).rejects.toMatchObject({ code: "signaling-refused" });
    });
  }
});
