import { COUNTED_TYPES, REFUSALS, type SignalingStatistics } from "../src/statistics.ts";

/** Every number another one, so that none is taken for another. */
export function makeStatistics(offset = 0): SignalingStatistics {
  const numbers = <Key extends string>(keys: readonly Key[], first: number): Record<Key, number> =>
    Object.fromEntries(keys.map((key, index) => [key, first + index + offset])) as Record<Key, number>;
  return {
    clients: 10 + offset,
    clientsOverHttp: 3,
    waitingPeers: 11 + offset,
    waitingMessages: 12 + offset,
    waitingLength: 13 + offset,
    acceptedTotal: 14 + offset,
    replacedTotal: 15 + offset,
    refusedTotal: numbers(REFUSALS, 100),
    messagesTotal: numbers(COUNTED_TYPES, 200),
    deliveredTotal: 16 + offset,
    expiredTotal: 17 + offset,
    droppedTotal: 18 + offset,
    bytesReceivedTotal: 19 + offset,
    bytesSentTotal: 20 + offset,
    draining: offset > 0,
  };
}
