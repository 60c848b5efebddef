import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Milliseconds in which the binding reports that channels are closed, after their connection was. */
const GRACE = 200;

const unfreed = new Set<object>();
let connections = 0;

/**
 * The binding tells that a channel is closed, and with that frees what keeps the process alive. It does not
 * when the channel closed in the very moment in which it arrived (2 of 100, when the other side closes what it
 * just opened): then only the garbage collector frees it, and in an idle process that never runs. So, once no
 * connection is left and something is still not freed, it is run here.
 */
export const leftovers = {
  connectionMade: (): void => void connections++,
  connectionClosed: (): void => {
    // If nothing is left over, nothing waits for this timer: the process ends.
    if (--connections === 0) setTimeout(collect, GRACE).unref();
  },
  channelMade: (channel: object): void => void unfreed.add(channel),
  channelFreed: (channel: object): void => void unfreed.delete(channel),
};

function collect(): void {
  if (connections > 0 || unfreed.size === 0) return;
  unfreed.clear();
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}
