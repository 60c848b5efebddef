/** Found in every hostile payload, so that a test can tell who is made responsible for it. */
export const EVIL_MARK = "evil";

/** Whom the frames pretend to be, or to speak about. */
export interface Victims {
  hostId: string;
  joinerIds: readonly string[];
}

const WRONG_VALUES: readonly string[] = [
  "null",
  "true",
  "-1",
  "0",
  "0.5",
  "1e400",
  "-1e308",
  "9007199254740992",
  "9007199254740993",
  "4294967296",
  `""`,
  `"__proto__"`,
  `"constructor"`,
  `"toString"`,
  `"HOST"`,
  `"1"`,
  `"${"x".repeat(70_000)}"`,
  "[]",
  "[[]]",
  "{}",
  `{"toString":1}`,
];
const KEYS: readonly string[] = [
  "t",
  "d",
  "n",
  "q",
  "a",
  "from",
  "to",
  "ts",
  "sys",
  "nodes",
  "nodeId",
  "r",
  "__proto__",
  "constructor",
];
const TYPES: readonly string[] = ["m", "s", "p", "P", "a", "y", "R", "x", ""];

/** `count` frames that no honest node sends, the same ones each time. */
export function* hostileFrames(count: number, victims: Victims): Generator<string | Uint8Array> {
  const all = [...forged(victims), ...malformed(), ...wronglyTyped()];
  for (let at = 0; at < count; at += 1) {
    const frame = all[at % all.length] ?? "";
    // Existing apps send bytes, nodes of this library text: a host must stand both.
    yield at % 3 === 0 && typeof frame === "string" ? new TextEncoder().encode(frame) : frame;
  }
}

/** Frames in somebody else's name. */
function* forged({ hostId, joinerIds }: Victims): Generator<string> {
  for (const id of [hostId, ...joinerIds, "HOST", "__proto__", "nobody"]) {
    const name = JSON.stringify(id);
    yield `{"t":"m","from":${name},"d":"${EVIL_MARK}"}`;
    for (const q of ["1", "4294967295", "9007199254740991", "9007199254740992", "-1", "NaN", "1e400", `"7"`]) {
      yield `{"t":"s","from":${name},"q":${q},"d":{"x":"${EVIL_MARK}"}}`;
    }
    yield `{"t":"y","sys":"node_left","nodeId":${name}}`;
    yield `{"t":"y","sys":"node_joined","nodeId":${name}}`;
    yield `{"t":"y","sys":"roster","nodes":[${name}]}`;
    yield `{"t":"m","to":${name},"from":${name},"d":"${EVIL_MARK}"}`;
  }
  yield `{"t":"y","sys":"roster","nodes":[${Array.from({ length: 5000 }, (_, n) => `"ghost${n}"`).join(",")}]}`;
  yield `{"t":"R","r":"Network full"}`;
  yield `{"t":"R","r":"${EVIL_MARK.repeat(1000)}"}`;
  yield `{"t":"m","d":{"__proto__":{"polluted":true},"mark":"${EVIL_MARK}"}}`;
  yield `{"t":"m","d":{"constructor":{"prototype":{"polluted":true}},"mark":"${EVIL_MARK}"}}`;
  yield `{"__proto__":{"polluted":true,"t":"m","d":"${EVIL_MARK}"}}`;
  yield `{"t":"P","ts":-1e308}`;
  yield `{"t":"P","ts":1e308}`;
  yield `{"t":"p","ts":{"deep":[[[[]]]]}}`;
  yield `{"t":"a","a":9007199254740991}`;
  yield `{"t":"p","ts":1,"a":9007199254740991}`;
}

/** What is no frame at all. */
function* malformed(): Generator<string | Uint8Array> {
  yield* [
    "",
    " ",
    "{",
    "}",
    "null",
    "[]",
    "7",
    `"m"`,
    "undefined",
    "NaN",
    `{"t":"m"`,
    `{"t":"m","d":}`,
    `{'t':'m'}`,
    "\u0000",
    "\ufeff{}",
  ];
  yield "[".repeat(100_000);
  yield `{"t":"m","d":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
  yield `{"t":"m","d":${`{"d":`.repeat(20_000)}1${"}".repeat(20_000)}}`;
  yield `{"t":"m","d":"${"x".repeat(250_000)}`;
  yield `{${Array.from({ length: 10_000 }, (_, n) => `"k${n}":${n}`).join(",")}}`;
  yield Uint8Array.of(0xff, 0xfe, 0x00, 0xc0, 0x80);
  yield Uint8Array.of(0x7b, 0xed, 0xa0, 0x80, 0x7d);
  yield new Uint8Array(100_000);
}

/** Every kind of frame with every kind of wrong value in every place. */
function* wronglyTyped(): Generator<string> {
  for (const type of TYPES) {
    for (const key of KEYS) {
      for (const value of WRONG_VALUES) {
        // As JSON text: an object literal would drop a second "t" and take "__proto__" for its own.
        yield `{"t":"${type}","${key}":${value},"sys":"roster","nodes":7,"mark":"${EVIL_MARK}"}`;
      }
    }
  }
}

/** `count` frames that a signaling server should never send. */
export function* hostileSignals(count: number, { hostId, joinerIds }: Victims): Generator<string> {
  const names = [hostId, ...joinerIds, "__proto__", "stranger", ""];
  const types = ["OFFER", "ANSWER", "CANDIDATE", "REJECT", "LEAVE", "EXPIRE", "HEARTBEAT", "OPEN", "ERROR", "NONSENSE"];
  const payloads = [
    "null",
    "7",
    `"text"`,
    "[]",
    "{}",
    `{"type":"data"}`,
    `{"type":"media","sdp":{}}`,
    `{"type":"data","connectionId":{"a":1},"sdp":{"type":"offer","sdp":"v=0"}}`,
    `{"type":"data","connectionId":"x","sdp":{"type":"offer","sdp":"v=0\\r\\nm=application 9 nonsense"}}`,
    `{"type":"data","connectionId":"x","sdp":{"type":"rollback","sdp":"v=0"}}`,
    `{"type":"data","connectionId":"x","candidate":{"candidate":"candidate:x"}}`,
    `{"type":"data","connectionId":"x","candidate":{"candidate":"candidate:1 1 UDP 1 300.1.1.1 99999 typ host","sdpMid":"9"}}`,
    `{"__proto__":{"polluted":true},"type":"data"}`,
    `{"type":"data","sdp":"${"v=0 ".repeat(20_000)}"}`,
  ];
  const all = types.flatMap((type) =>
    names.flatMap((src) =>
      payloads.map((payload) => `{"type":"${type}","src":${JSON.stringify(src)},"payload":${payload}}`),
    ),
  );
  all.push(
    "",
    "{",
    "null",
    "[]",
    "[".repeat(100_000),
    "x".repeat(300_000),
    `{"type":{"toString":1}}`,
    `{"type":"OFFER"}`,
  );
  for (let at = 0; at < count; at += 1) yield all[at % all.length] ?? "";
}
