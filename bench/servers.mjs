import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { createSignalingServer } from "@clayground/signaling-server";
import { build } from "esbuild";
import { startNostrRelay } from "./signaling/nostr-relay.mjs";

// A child process of the bench: the pages, and the signaling server that all contenders use.
const { resolve } = createRequire(import.meta.url);
const PAGES = {
  // PeerJS brings webrtc-adapter along, which wraps the page's RTCPeerConnection: in a frame it wraps its own.
  "/": `<!doctype html><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,">
<iframe src="/peerjs-frame" hidden></iframe>
<script src="/simplepeer.min.js"></script><script type="module" src="/bench/page.mjs"></script>`,
  "/peerjs-frame": `<!doctype html><meta charset="utf-8"><script src="/peerjs.min.js"></script>`,
};
const FILES = {
  "/peerjs.min.js": resolve("peerjs/dist/peerjs.min.js"),
  "/simplepeer.min.js": resolve("simple-peer/simplepeer.min.js"),
  "/clayground-network.js": fileURLToPath(new URL("../packages/network/dist/clayground-network.js", import.meta.url)),
};

const server = createServer((request, response) => {
  const path = request.url ?? "/";
  body(path).then(
    (content) => {
      response.writeHead(200, {
        "content-type": path in PAGES ? "text/html" : "text/javascript",
        // An isolated page gets a clock of 5 µs instead of 100 µs.
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
      });
      response.end(content);
    },
    () => response.writeHead(404).end(),
  );
});
await createSignalingServer({ server });
const nostrPort = await startNostrRelay();
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.(typeof address === "object" ? address?.port : undefined);
});
process.on("disconnect", () => process.exit());

/** @param {string} path */
async function body(path) {
  if (path === "/nostr-port") return String(nostrPort);
  if (path === "/trystero.js") return trystero();
  if (path in PAGES) return PAGES[/** @type {keyof typeof PAGES} */ (path)];
  const module = /^\/bench\/((?:[\w-]+\/)?[\w-]+\.mjs)$/.exec(path)?.[1];
  const file = module ? new URL(module, import.meta.url) : FILES[/** @type {keyof typeof FILES} */ (path)];
  if (!file) throw new Error("not found");
  return readFile(file);
}

/** As a page with a bundler loads it. */
async function trystero() {
  const { outputFiles } = await build({
    stdin: { contents: `export * from "trystero";`, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0]?.contents ?? "";
}
