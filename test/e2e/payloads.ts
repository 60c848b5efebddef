/** JSON values that a careless codec would change: each must arrive as it was sent, to the byte. */
export const TRICKY_PAYLOADS: Readonly<Record<string, unknown>> = {
  nested: { a: [{ b: { c: [[], [[1, [2, [3]]]], {}] } }, null], list: [1, "2", false, null] },
  unicode: { text: 'Grüße, 世界, 👩‍👩‍👧, \u2028\u2029, \u0000, \ud83d, quotes " and \\ and </script>', "schlüssel 🔑": 1 },
  null: null,
  "empty object": {},
  "empty list": [],
  "empty text": "",
  text: "plain text",
  true: true,
  zero: 0,
  numbers: [0.1, -1.5e-7, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, -2147483648, 4294967296],
  "names of the wire itself": { t: "y", sys: "node_left", nodeId: "x", from: "me", d: { t: "p" }, q: -1, n: 2 },
  "10 kB": {
    text: "0123456789äöüß€".repeat(700),
    rows: Array.from({ length: 100 }, (_, n) => ({ n, even: n % 2 === 0 })),
  },
};
