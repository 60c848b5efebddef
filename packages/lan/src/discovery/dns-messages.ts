import { AUTHORITATIVE_ANSWER, decode, encode, type Answer, type DecodedPacket } from "dns-packet";
import { announcementToText, textToAnnouncement, type Announcement } from "./announcement.ts";

/** What an advertiser is called in DNS: both names are its own, so nothing needs to be probed for (RFC 6762, 8.1). */
export interface ServiceNames {
  /** The full name of the instance. */
  readonly instance: string;
  /** The name of the machine, only for this advertisement: the system's own responder keeps its name. */
  readonly host: string;
}

/** One network in a response. */
export interface Heard {
  /** The full name of the instance, lower case. */
  readonly instance: string;
  /** For how many seconds it holds; 0 is a good-bye. */
  readonly ttl: number;
  /** Missing in a good-bye. */
  readonly announcement?: Announcement;
}

/** A question for some records. */
export interface Question {
  /** Lower case. */
  readonly name: string;
  readonly type: string;
}

/** What a packet says that concerns us. */
export interface DnsMessage {
  readonly questions: readonly Question[];
  /** Instances that the asker knows for so long yet that they need no answer (RFC 6762, 7.1). */
  readonly known: readonly string[];
  readonly heard: readonly Heard[];
}

/** The service type: what `avahi-browse` and `dns-sd -B` list. */
export const SERVICE = "_clayground._tcp.local";
const ALL_SERVICES = "_services._dns-sd._udp.local";
// RFC 6762, 10 has 120 s for what an address change makes wrong. In ours, everything is that.
const TTL_SECONDS = 120;
const MAX_LABEL_BYTES = 63;
// One answer of ours has one; a reflector between two networks may send some together.
const MAX_HEARD = 8;
// Ours have some 600 bytes and 5 records. RFC 6762 has 9000 bytes; reading gets slower by the product of both.
const MAX_PACKET_BYTES = 4096;
const MAX_RECORDS = 64;
const HEADER_BYTES = 12;

/** The names of one advertisement. `unique` makes two hosts called alike two instances. */
export function serviceNames(name: string, unique: string): ServiceNames {
  // The library splits names at dots and writes a label that is too long as a pointer to nowhere.
  let label = name.replace(/[.\\]/g, " ");
  while (Buffer.byteLength(`${label} ${unique}`) > MAX_LABEL_BYTES) label = [...label].slice(0, -1).join("");
  return { instance: `${label} ${unique}.${SERVICE}`, host: `clayground-${unique}.local` };
}

/** Asks who is there. */
export function questionMessage(): Buffer {
  return encode({ type: "query", questions: [{ name: SERVICE, type: "PTR" }] });
}

/** Tells everything about a network in one packet, from one interface's address. */
export function announcementMessage(names: ServiceNames, announcement: Announcement, address: string): Buffer {
  return encode(response([...servicePointers(names, TTL_SECONDS), ...details(names, announcement, address)]));
}

/** Takes it back. */
export function goodbyeMessage(names: ServiceNames): Buffer {
  return encode(response(servicePointers(names, 0).slice(0, 1)));
}

/** Whether somebody asks for what {@link announcementMessage} tells, and does not know it yet. */
export function asksFor({ questions, known }: DnsMessage, { instance, host }: ServiceNames): boolean {
  const types = new Map<string, readonly string[]>([
    [ALL_SERVICES, ["PTR"]],
    [instance.toLowerCase(), ["SRV", "TXT"]],
    [host, ["A"]],
    ...(known.includes(instance.toLowerCase()) ? [] : [[SERVICE, ["PTR"]] as const]),
  ]);
  return questions.some(({ name, type }) => {
    const own = types.get(name);
    return own !== undefined && (type === "ANY" || own.includes(type));
  });
}

/** Reads a packet; `undefined` when it is broken or too large. */
export function readMessage(bytes: Buffer): DnsMessage | undefined {
  if (bytes.length < HEADER_BYTES || bytes.length > MAX_PACKET_BYTES) return undefined;
  // The library makes arrays as long as the header claims: 12 bytes would cost 2 MB.
  const records = [4, 6, 8, 10].reduce((sum, offset) => sum + bytes.readUInt16BE(offset), 0);
  if (records > MAX_RECORDS) return undefined;
  try {
    // It throws at whatever it cannot read.
    const { type, questions = [], answers = [], additionals = [] } = decode(bytes);
    if (type === "response") return { questions: [], known: [], heard: heardIn([...answers, ...additionals]) };
    return { questions: questionsIn(questions), known: knownIn(answers), heard: [] };
  } catch {
    return undefined;
  }
}

function response(answers: Answer[]): Parameters<typeof encode>[0] {
  return { type: "response", flags: AUTHORITATIVE_ANSWER, answers };
}

function servicePointers({ instance }: ServiceNames, ttl: number): Answer[] {
  return [
    { name: SERVICE, type: "PTR", ttl, data: instance },
    { name: ALL_SERVICES, type: "PTR", ttl, data: SERVICE },
  ];
}

/** The records that nobody else has: `flush` makes others forget what they knew before (RFC 6762, 10.2). */
function details({ instance, host }: ServiceNames, announcement: Announcement, address: string): Answer[] {
  const own = { ttl: TTL_SECONDS, flush: true };
  const text = announcementToText(announcement).map((each) => Buffer.from(each));
  return [
    { ...own, name: instance, type: "SRV", data: { port: announcement.port, target: host } },
    { ...own, name: instance, type: "TXT", data: text },
    { ...own, name: host, type: "A", data: address },
  ];
}

function questionsIn(questions: NonNullable<DecodedPacket["questions"]>): Question[] {
  return questions.map(({ name, type }) => ({ name: name.toLowerCase(), type }));
}

function knownIn(answers: readonly Answer[]): string[] {
  return pointersIn(answers)
    .filter(({ ttl }) => ttl >= TTL_SECONDS / 2)
    .map(({ instance }) => instance);
}

function heardIn(records: readonly Answer[]): Heard[] {
  return pointersIn(records)
    .slice(0, MAX_HEARD)
    .flatMap(({ instance, ttl }): Heard[] => {
      if (ttl === 0) return [{ instance, ttl }];
      const own = records.filter(({ name }) => name.toLowerCase() === instance);
      const port = own.find((record) => record.type === "SRV")?.data.port;
      const text = own.find((record) => record.type === "TXT")?.data;
      if (port === undefined || !Array.isArray(text)) return [];
      const announcement = textToAnnouncement(
        port,
        text.map((each) => Buffer.from(each)),
      );
      return announcement === undefined ? [] : [{ instance, ttl: Math.min(ttl, TTL_SECONDS), announcement }];
    });
}

function pointersIn(records: readonly Answer[]): { readonly instance: string; readonly ttl: number }[] {
  return records.flatMap((record) => {
    if (record.type !== "PTR" || record.name.toLowerCase() !== SERVICE) return [];
    const instance = record.data.toLowerCase();
    return instance.endsWith(`.${SERVICE}`) ? [{ instance, ttl: record.ttl ?? 0 }] : [];
  });
}
