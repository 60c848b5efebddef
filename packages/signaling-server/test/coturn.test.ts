import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { iceServersFor } from "../src/ice-credentials.ts";
import { findCoturn, startCoturn, type Coturn } from "./coturn.ts";
import { TurnClient } from "./turn-client.ts";

const SECRET = "north, of course";
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

const program = findCoturn();
const name = program === undefined ? "a real coturn (skipped: install coturn to run it)" : "a real coturn";

describe.skipIf(program === undefined)(name, () => {
  let coturn: Coturn;
  let client: TurnClient;

  beforeAll(async () => {
    coturn = await startCoturn(program ?? "", SECRET);
  });
  afterAll(() => coturn.stop());
  afterEach(() => client.close());

  function connect(): TurnClient {
    client = new TurnClient(coturn.port);
    return client;
  }

  test("gives a relay to who has fresh credentials, and keeps it for them", async () => {
    const { username, credential } = credentials({ secret: SECRET });
    const answer = await connect().allocate(username, credential);
    expect(answer).toMatchObject({ error: 0, relayedPort: expect.any(Number) as number });
    expect(await client.refresh(username, credential)).toMatchObject({ error: 0 });
  });

  test("gives none without credentials", async () => {
    expect(await connect().probe()).toMatchObject({ error: UNAUTHORIZED, realm: "turn.example.com" });
  });

  test("lets nobody reach its own machine and private networks through a relay", async () => {
    const { username, credential } = credentials({ secret: SECRET });
    await connect().allocate(username, credential);
    expect(await client.permit("8.8.8.8", username, credential)).toMatchObject({ error: 0 });
    for (const address of ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1"]) {
      expect(await client.permit(address, username, credential), address).toMatchObject({ error: FORBIDDEN });
    }
  });

  test.each([
    ["expired", credentials({ secret: SECRET, issuedMs: Date.now() - 120_000 })],
    ["made with another secret", credentials({ secret: "south" })],
    ["prolonged by the client itself", prolonged(credentials({ secret: SECRET, issuedMs: Date.now() - 120_000 }))],
    ["in another's name", { ...credentials({ secret: SECRET }), username: `${Math.ceil(Date.now() / 1000) + 60}:eve` }],
  ])("gives none for credentials that are %s", async (_what, { username, credential }) => {
    const answer = await connect().allocate(username, credential);
    expect(answer.error).toBe(UNAUTHORIZED);
    expect(answer.relayedPort).toBeUndefined();
  });
});

function credentials({ secret, issuedMs = Date.now() }: { secret: string; issuedMs?: number }): {
  username: string;
  credential: string;
} {
  const turn = { urls: ["turn:127.0.0.1"], secret, ttlSeconds: 60 };
  const { username = "", credential = "" } = iceServersFor(turn, issuedMs, "5f3c").iceServers[0] ?? {};
  return { username, credential };
}

function prolonged({ username, credential }: { username: string; credential: string }): {
  username: string;
  credential: string;
} {
  const [expiry = "", random = ""] = username.split(":");
  return { username: `${Number(expiry) + 3600}:${random}`, credential };
}
