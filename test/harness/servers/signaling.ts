import { createSignalingServer } from "@clayground/signaling-server";

/** The real signaling server, which a test can take away and bring back on the same port. */
export interface Signaling {
  /** As a `signalingUrl`. */
  url: string;
  stop(): Promise<void>;
  restart(): Promise<void>;
}

export async function startSignaling(): Promise<Signaling> {
  const host = "127.0.0.1";
  // Hundreds of tests come from one address, and some connect hundreds of times.
  const limits = { connectionBurst: 1_000_000 };
  let server = await createSignalingServer({ host, port: 0, ...limits });
  const { port, url } = server;
  let running = true;
  return {
    url,
    stop: async () => {
      if (running) await server.close();
      running = false;
    },
    restart: async () => {
      server = await createSignalingServer({ host, port, ...limits });
      running = true;
    },
  };
}
