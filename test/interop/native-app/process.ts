import { createInterface } from "node:readline";
import { toText } from "./json.ts";
import type { Json } from "./json.ts";
import { NativeApp } from "./native-app.ts";
import type { AppOptions } from "./native-app.ts";

/** One line of stdin. */
export type Order =
  | { do: "host"; options: AppOptions }
  | { do: "join"; code: string; options: AppOptions }
  | { do: "broadcast" | "broadcastState"; data: Json }
  | { do: "sendTo"; id: string; data: Json }
  | { do: "leave" };

/** An order comes in as a line of JSON, an event goes out as one: `{"event":"playerJoined","nodeId":"…"}`. */
const app = new NativeApp((event, fields = {}) => {
  process.stdout.write(`${toText({ event, ...fields })}\n`);
});
const orders = createInterface({ input: process.stdin });
orders.on("line", (line) => void obey(JSON.parse(line) as Order));
// Whoever gave the orders is gone.
orders.on("close", () => process.exit());

async function obey(order: Order): Promise<void> {
  if (order.do === "host") await app.host(order.options);
  if (order.do === "join") app.join(order.code, order.options);
  if (order.do === "broadcast") app.broadcast(order.data);
  if (order.do === "broadcastState") app.broadcastState(order.data);
  if (order.do === "sendTo") app.sendTo(order.id, order.data);
  if (order.do === "leave") app.leave();
}
