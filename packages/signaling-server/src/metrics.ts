import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { SignalingStatistics } from "./statistics.ts";

/** What a server counts, as Prometheus reads it. */
export interface SignalingMetrics {
  readonly contentType: string;
  /** All metrics, in Prometheus' text format. */
  render(): Promise<string>;
}

const PREFIX = "clayground_signaling_";

const SLOW_METRICS = ["nodejs_active_handles", "nodejs_active_requests", "nodejs_active_resources"].flatMap((name) => [
  name,
  `${name}_total`,
]);

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  /** The value, or one for each of the label's values. */
  readonly read: (statistics: SignalingStatistics) => number | Readonly<Record<string, number>>;
}

const GAUGES: readonly Metric[] = [
  {
    name: "clients",
    help: "Clients that are connected.",
    label: "transport",
    read: ({ clients, clientsOverHttp }) => ({ websocket: clients - clientsOverHttp, http: clientsOverHttp }),
  },
  { name: "waiting_peers", help: "Absent ids for which messages wait.", read: (s) => s.waitingPeers },
  { name: "waiting_messages", help: "Messages that wait for absent ids.", read: (s) => s.waitingMessages },
  { name: "waiting_bytes", help: "Bytes of the messages that wait.", read: (s) => s.waitingLength },
  { name: "draining", help: "1 while the server drains, so takes nobody.", read: (s) => Number(s.draining) },
];

const COUNTERS: readonly Metric[] = [
  { name: "accepted_total", help: "Clients that got OPEN.", read: (s) => s.acceptedTotal },
  { name: "replaced_total", help: "Clients whose place the same id and token took.", read: (s) => s.replacedTotal },
  { name: "refused_total", help: "What was refused, by reason.", label: "reason", read: (s) => s.refusedTotal },
  { name: "messages_total", help: "Messages from clients, by type.", label: "type", read: (s) => s.messagesTotal },
  { name: "delivered_total", help: "Messages that went to the client they were for.", read: (s) => s.deliveredTotal },
  { name: "expired_total", help: "Pairs of sender and absent id that got EXPIRE.", read: (s) => s.expiredTotal },
  {
    name: "dropped_total",
    help: "Frames that were ignored as unreadable or not allowed.",
    read: (s) => s.droppedTotal,
  },
  { name: "received_bytes_total", help: "Bytes of the frames from clients.", read: (s) => s.bytesReceivedTotal },
  { name: "sent_bytes_total", help: "Bytes of the frames to clients.", read: (s) => s.bytesSentTotal },
];

/** Collects a server's statistics and the process's own metrics, each time it is asked; in a registry of its own. */
export function createMetrics(readStatistics: () => SignalingStatistics): SignalingMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  // They go through every socket: 10 ms for 8,000 clients, in which nobody is served.
  for (const name of SLOW_METRICS) registry.removeSingleMetric(name);
  // One reading for all metrics of an answer, so that they fit together.
  let statistics = readStatistics();
  for (const metric of GAUGES) {
    const gauge = new Gauge({ ...describe(metric), registers: [registry], collect });
    function collect(): void {
      for (const [labels, value] of valuesOf(metric, statistics)) gauge.set(labels, value);
    }
  }
  for (const metric of COUNTERS) {
    const counter = new Counter({ ...describe(metric), registers: [registry], collect });
    function collect(): void {
      // The server has counted already.
      counter.reset();
      for (const [labels, value] of valuesOf(metric, statistics)) counter.inc(labels, value);
    }
  }
  return {
    contentType: registry.contentType,
    render() {
      statistics = readStatistics();
      return registry.metrics();
    },
  };
}

function describe({ name, help, label }: Metric): { name: string; help: string; labelNames: string[] } {
  return { name: PREFIX + name, help, labelNames: label === undefined ? [] : [label] };
}

function valuesOf({ label = "", read }: Metric, statistics: SignalingStatistics): [Record<string, string>, number][] {
  const value = read(statistics);
  if (typeof value === "number") return [[{}, value]];
  return Object.entries(value).map(([name, each]) => [{ [label]: name }, each]);
}
