import { describe, expect, test } from "vitest";
import { bytesTypeOf, readBody } from "../src/body.ts";
import type { BytesEntry } from "../src/body.ts";
import { nested, readPacket } from "./reading.ts";

/** What is read of data with bytes and a table. */
function withTable(
  data: unknown,
  table: unknown,
  bytes: Uint8Array = new Uint8Array(),
): readonly unknown[] | undefined {
  return readBody({ count: 1, json: `[${JSON.stringify(data)},${JSON.stringify(table)}]`, bytes });
}

const list = (json: string, count: number): readonly unknown[] | undefined => readBody({ json, count });

const rows = (json: string, count: number): readonly unknown[] | undefined => readBody({ json, count, isRows: true });

const EIGHT = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

describe("messages in a list", () => {
  test("[F27] are as many as was said, or broken as a whole", () => {
    expect(list("[]", 1)).toBeUndefined();
    expect(list("[1]", 1)).toEqual([1]);
    expect(list("[null,[],{}]", 3)).toEqual([null, [], {}]);
    for (const count of [1, 2, 4, 2 ** 53 - 1]) expect(list("[1,2,3]", count)).toBeUndefined();
  });

  test.each(["", "1", "null", "{}", '{"length":1,"0":1}', '"a"', "[1", "[1,]", "[1] ]", "[1]\u0000", "[NaN]", "[01]"])(
    "[F27] %s is none",
    (json) => {
      expect(list(json, 1)).toBeUndefined();
      expect(rows(json, 1)).toBeUndefined();
      expect(readBody({ json, count: 1, bytes: EIGHT })).toBeUndefined();
    },
  );

  test("[F27] nest at most 63 levels, in whatever way they are written", () => {
    const table = `[[[],"Uint8Array",0]]`;
    const empty = new Uint8Array();
    for (const [levels, isRead] of [
      [63, true],
      [64, false],
      [10_000, false],
    ] as const) {
      expect(list(`[${nested(levels)}]`, 1) !== undefined).toBe(isRead);
      expect(rows(`[["x"],${nested(levels - 1)}]`, 1) !== undefined).toBe(isRead);
      const deep = `[[${nested(levels - 1)},null],[[[1],"Uint8Array",0]]]`;
      expect(readBody({ count: 1, json: deep, bytes: empty }) !== undefined).toBe(isRead);
    }
    expect(readBody({ count: 1, json: `[null,${table}]`, bytes: empty })).toEqual([empty]);
  });

  test("[F27] carry no __proto__, which would change an object's prototype", () => {
    const [data] = list('[{"__proto__":{"admin":true},"x":{"\\u005f_proto__":1}}]', 1) as [object];
    expect(data).toEqual({ x: {} });
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  });
});

describe("objects with the same keys", () => {
  test("[F27] are their keys and then the values of all", () => {
    expect(rows('[["x","y"],1,2,3,[4]]', 2)).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: [4] },
    ]);
    const odd = rows('[["","constructor","toString","length","0"],1,2,3,4,5]', 1);
    expect(odd).toEqual([{ "": 1, constructor: 2, toString: 3, length: 4, 0: 5 }]);
  });

  test("[F27] with values too few or too many, or with keys that are none, are broken as a whole", () => {
    for (const count of [1, 3, 2 ** 53 - 1]) expect(rows('[["x","y"],1,2,3,4]', count)).toBeUndefined();
    expect(rows('[["x","y"],1,2,3]', 2)).toBeUndefined();
    for (const names of ['["x",1]', "[null]", "[[]]", '"x"', "1", "null", "{}", '{"length":1,"0":"x"}'])
      expect(rows(`[${names},1]`, 1)).toBeUndefined();
    expect(rows("[]", 1)).toBeUndefined();
  });

  test("[F27] without any key are none: so many objects would cost nothing", () => {
    for (const count of [1, 5, 2 ** 53 - 1]) expect(rows("[[]]", count)).toBeUndefined();
  });

  test("[F27] have no key named __proto__", () => {
    expect(rows('[["__proto__"],{"admin":true}]', 1)).toBeUndefined();
    expect(rows('[["\\u005f_proto__"],{"admin":true}]', 1)).toBeUndefined();
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });
});

describe("bytes in data", () => {
  test("[F27] stand where the table says, in their order, as the type that it says", async () => {
    const table = [
      [["a"], "Uint8Array", 3],
      [["b", 1], "Int16Array", 4],
      [["c"], "ArrayBuffer", 0],
      [["d"], "Blob", 1, "image/png"],
    ];
    const [data] = withTable({ a: null, b: [0, null], c: null, d: null, e: null }, table, EIGHT) as [
      Record<string, unknown>,
    ];
    const { d, ...others } = data;
    expect(others).toEqual({
      a: Uint8Array.of(1, 2, 3),
      b: [0, Int16Array.of(0x0504, 0x0706)],
      c: new ArrayBuffer(0),
      e: null,
    });
    expect([(d as Blob).type, await (d as Blob).bytes()]).toEqual(["image/png", Uint8Array.of(8)]);
  });

  test("[F27] have memory of their own: nobody holds a whole packet by a part of it", () => {
    const [data] = withTable([null], [[[0], "Uint8Array", 8]], EIGHT) as [[Uint8Array]];
    expect(data[0].buffer.byteLength).toBe(8);
    EIGHT[0] = 99;
    expect(data[0][0]).toBe(1);
    EIGHT[0] = 1;
  });

  test.each([
    [Uint8Array, 8],
    [Int8Array, 8],
    [Uint8ClampedArray, 8],
    [Uint16Array, 4],
    [Int16Array, 4],
    [Uint32Array, 2],
    [Int32Array, 2],
    [Float32Array, 2],
    [Float64Array, 1],
    [BigInt64Array, 1],
    [BigUint64Array, 1],
    [DataView, undefined],
    [ArrayBuffer, undefined],
  ] as const)("[F27] come back as %o", (Type, length) => {
    const [data] = withTable(null, [[[], Type.name, 8]], EIGHT) as [ArrayBuffer | ArrayBufferView];
    expect(data).toBeInstanceOf(Type);
    expect(data.constructor).toBe(Type);
    expect(bytesTypeOf(data)).toBe(Type.name);
    expect(data.byteLength).toBe(8);
    expect((data as { length?: number }).length).toBe(length);
  });

  const entry = (...parts: BytesEntry | unknown[]): unknown => [parts];
  const data = { a: null, b: [1, null], c: { d: null }, s: "text", n: 0, f: false };
  test.each([
    ["a path to nowhere", entry(["x"], "Uint8Array", 8)],
    ["a path through nothing", entry(["x", "y"], "Uint8Array", 8)],
    ["a path through null", entry(["a", "b"], "Uint8Array", 8)],
    ["a path through a number", entry(["n", "toFixed"], "Uint8Array", 8)],
    ["a path into a text", entry(["s", 0], "Uint8Array", 8)],
    ["a path beyond a list", entry(["b", 2], "Uint8Array", 8)],
    ["a path before a list", entry(["b", -1], "Uint8Array", 8)],
    ["a list's length", entry(["b", "length"], "Uint8Array", 8)],
    ["something else than null", entry(["b", 0], "Uint8Array", 8)],
    ["false", entry(["f"], "Uint8Array", 8)],
    ["the whole of data that is not null", entry([], "Uint8Array", 8)],
    ["what is inherited", entry(["constructor"], "Uint8Array", 8)],
    ["the prototype of all objects", entry(["constructor", "prototype", "x"], "Uint8Array", 8)],
    ["a path of lists", entry([["a"]], "Uint8Array", 0)],
    ["a path of objects", entry([{}], "Uint8Array", 8)],
    ["no path", entry(null, "Uint8Array", 8)],
    ["a number as path", entry(1, "Uint8Array", 8)],
    ["an object as path", entry({ length: 0 }, "Uint8Array", 8)],
    ["a path of 65 keys", entry(Array(65).fill("a"), "Uint8Array", 8)],
    ["an unknown type", entry(["a"], "Uint7Array", 8)],
    ["a type that is none of bytes", entry(["a"], "Function", 8)],
    ["an inherited type", entry(["a"], "constructor", 8)],
    ["an inherited type of a function", entry(["a"], "toString", 8)],
    ["__proto__ as type", entry(["a"], "__proto__", 8)],
    ["no type", entry(["a"], null, 8)],
    ["a shared buffer", entry(["a"], "SharedArrayBuffer", 8)],
    ["Float16Array, which not all know", entry(["a"], "Float16Array", 8)],
    [
      "a negative length",
      [
        [["a"], "Uint8Array", -1],
        [["c", "d"], "Uint8Array", 9],
      ],
    ],
    [
      "a fraction of a byte",
      [
        [["a"], "Uint8Array", 7.5],
        [["c", "d"], "Uint8Array", 0.5],
      ],
    ],
    ["a text as length", entry(["a"], "Uint8Array", "8")],
    ["no length", entry(["a"], "Uint8Array")],
    ["null as length", entry(["a"], "Uint8Array", null)],
    ["more than there is", entry(["a"], "Uint8Array", 9)],
    ["2^53 bytes", entry(["a"], "Uint8Array", 2 ** 53)],
    [
      "2^53 bytes that are taken back",
      [
        [["a"], "Uint8Array", 2 ** 53],
        [["c", "d"], "Uint8Array", 8 - 2 ** 53],
      ],
    ],
    ["1e308 bytes", entry(["a"], "ArrayBuffer", 1e308)],
    ["less than there is", entry(["a"], "Uint8Array", 7)],
    [
      "no multiple of 8",
      [
        [["a"], "Float64Array", 7],
        [["c", "d"], "Uint8Array", 1],
      ],
    ],
    [
      "no multiple of 2",
      [
        [["a"], "Uint16Array", 3],
        [["c", "d"], "Uint8Array", 5],
      ],
    ],
    [
      "the same place twice",
      [
        [["a"], "Uint8Array", 4],
        [["a"], "Uint8Array", 4],
      ],
    ],
    [
      "a place in bytes",
      [
        [["a"], "Uint8Array", 4],
        [["a", 0], "Uint8Array", 4],
      ],
    ],
    [
      "a place in the buffer of bytes",
      [
        [["a"], "Uint8Array", 4],
        [["a", "buffer"], "Uint8Array", 4],
      ],
    ],
    ["a MIME type that cannot be read", entry(["a"], "Blob", 8, { toString: 1 })],
    ["an empty table", []],
    ["no table", null],
    ["a text as table", "abc"],
    ["a table with a number", [1]],
    ["a table with null", [null]],
    ["a table with a text", ["abc"]],
    ["an object as table", { length: 0 }],
  ])("[F27] %s breaks the data as a whole", (_name, table) => expect(withTable(data, table, EIGHT)).toBeUndefined());

  test("[F27] where a __proto__ was are dropped with it", () => {
    const json = '[{"__proto__":null,"a":{"__proto__":{"b":null}},"c":null},TABLE]';
    for (const path of [["__proto__"], ["a", "__proto__", "b"]]) {
      const table = [
        [path, "Uint8Array", 4],
        [["c"], "Uint8Array", 4],
      ];
      const read = readBody({ count: 1, json: json.replace("TABLE", JSON.stringify(table)), bytes: EIGHT });
      expect(read).toEqual([{ a: {}, c: EIGHT.slice(4) }]);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("[F27] stand in one message: a frame that says more, or rows, is broken", () => {
    const line = '[{"a":null},[[["a"],"Uint8Array",8]]]';
    const read = (members: string): unknown => readPacket({ text: `{"t":"m",${members}}\n${line}`, bytes: EIGHT })[0];
    expect(read('"c":1,"b":8')).toEqual({ t: "m", data: [{ a: EIGHT }] });
    for (const members of ['"c":1000,"b":8', '"c":2,"b":8', '"c":1,"r":1,"b":8'])
      expect((read(members) as { data?: unknown } | undefined)?.data, members).toBeUndefined();
  });

  test("the type of what is no bytes is none, and of an unknown view it is Uint8Array", () => {
    for (const value of [null, undefined, 1, "a", {}, [], { byteLength: 1 }, () => 1])
      expect(bytesTypeOf(value)).toBeUndefined();
    expect(bytesTypeOf(Buffer.from("a"))).toBe("Uint8Array");
    expect(bytesTypeOf(new Blob())).toBe("Blob");
    class Own extends Int16Array {}
    expect(bytesTypeOf(new Own(1))).toBe("Int16Array");
  });
});

describe("data that was changed on its way", () => {
  const text = '{"a":null,"list":[1,null,{"b":null}],"s":"x"}';
  const table = '[[["a"],"Uint8Array",3],[["list",1],"Int16Array",2],[["list",2,"b"],"Blob",3,"a/b"]]';
  const json = `[${text},${table}]`;
  const CHARACTERS = '[]{},:"0123456789-.eE\\nulltrue_proto__ab\u0000\ud800 \n';

  test("[F27] is broken, or plain data of the same bytes: it never throws, and never makes anything else", () => {
    let state = 7;
    const below = (end: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * end);
    };
    let read = 0;
    for (let round = 0; round < 5000; round++) {
      let changed = json;
      for (let changes = below(3); changes >= 0; changes--) {
        const at = below(changed.length);
        const piece =
          below(4) === 0 ? json.slice(below(json.length)).slice(0, below(12)) : CHARACTERS[below(CHARACTERS.length)]!;
        changed = changed.slice(0, at) + piece + changed.slice(at + below(4));
      }
      const body = { count: 1, json: changed, bytes: EIGHT };
      for (const result of [
        readBody(body),
        readBody({ ...body, bytes: undefined }),
        readBody({ ...body, isRows: true }),
      ]) {
        if (result === undefined) continue;
        read++;
        expect(result, changed).toHaveLength(1);
        checkPlain(result[0], changed);
      }
      readPacket({ text: changed, bytes: EIGHT });
    }
    // Some of it is still right, so this looks at something.
    expect(read).toBeGreaterThan(50);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

/** Throws unless it is JSON with bytes. */
function checkPlain(value: unknown, where: string): void {
  if (bytesTypeOf(value) !== undefined || typeof value !== "object" || value === null) {
    if (value === undefined || typeof value === "function") throw new Error(where);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) throw new Error(where);
  for (const one of Object.values(value)) checkPlain(one, where);
}
