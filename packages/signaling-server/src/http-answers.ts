import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";

// PeerServer's own answer, because programs look at it to see what answers there.
const DESCRIPTION = JSON.stringify({
  name: "PeerJS Server",
  description: "A server side element to broker connections between PeerJS clients.",
  website: "https://peerjs.com/",
});
const TEXT = "text/plain; charset=utf-8";
const JSON_TYPE = "application/json; charset=utf-8";
// Random ids that a strict `idPattern` may still take.
const DRAWS = 20;

/** Headers to add to an answer. */
export type Headers = Readonly<Record<string, string>>;

/** Says what the server is. */
export function answerDescription(response: ServerResponse, headers: Headers): true {
  return answer(response, 200, DESCRIPTION, { "content-type": JSON_TYPE, ...headers });
}

/** Draws an id for a client that has none. */
export function answerId(response: ServerResponse, headers: Headers, allows: (id: string) => boolean): true {
  for (let i = 0; i < DRAWS; i++) {
    const id = randomUUID();
    if (allows(id)) return answer(response, 200, id, headers);
    const short = id.slice(0, 8);
    if (allows(short)) return answer(response, 200, short, headers);
  }
  return answer(response, 404, "This server has ids of its own form: choose one of them.\n", headers);
}

/** Answers with JSON. */
export function answerJson(response: ServerResponse, value: unknown, headers: Headers): true {
  return answer(response, 200, JSON.stringify(value), { "content-type": JSON_TYPE, ...headers });
}

/** Answers with a text. What still comes of a request that was refused is not read. */
export function answer(response: ServerResponse, status: number, text: string, headers: Headers): true {
  const isRefused = status >= 400;
  response.writeHead(status, {
    ...(status !== 204 && { "content-type": TEXT, "content-length": Buffer.byteLength(text) }),
    "cache-control": "no-store",
    ...(isRefused && { connection: "close" }),
    ...headers,
  });
  response.end(text);
  return true;
}
