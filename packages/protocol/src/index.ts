export {
  decodeLanCode,
  drawNetworkCode,
  encodeLanCode,
  isLanCode,
  LAN_HOST_ID,
  normalizeNetworkCode,
  type LanEndpoint,
} from "./codes.ts";
export { asObject, isDeeper, isSequence, parseJson, type JsonObject } from "./json.ts";
export {
  MAX_CANDIDATE_LENGTH,
  MAX_DEPTH,
  MAX_FRAME_BYTES,
  MAX_ID_LENGTH,
  MAX_NAME_LENGTH,
  MAX_REASON_LENGTH,
  MAX_ROSTER_LENGTH,
  MAX_SDP_LENGTH,
  MAX_SIGNAL_LENGTH,
  MAX_SIGNAL_TYPE_LENGTH,
} from "./limits.ts";
export {
  encodeSignal,
  isPeerId,
  parseClientEnvelope,
  parseServerSignal,
  type ClientEnvelope,
  type ClientSignal,
  type PeerSignal,
  type ServerSignal,
} from "./peer-server.ts";
export { iceServersUrl } from "./ice-servers-url.ts";
export { peerServerUrl, type PeerServerClient } from "./peer-server-url.ts";
export type {
  AnswerPayload,
  CandidatePayload,
  ClayAnnouncement,
  NegotiationSignal,
  OfferPayload,
  RejectPayload,
  SignalCandidate,
} from "./signal-payloads.ts";
export { encodeFrame, keys, parseFrames, plainMessage } from "./frames.ts";
export { bytesTypeOf, readBody, readBytes, type Body, type BytesEntry } from "./body.ts";
export {
  ByteReader,
  decodePacket,
  decodePlain,
  encodePacket,
  encodePlain,
  joinBytes,
  takeText,
  type Packet,
} from "./packet.ts";
export type {
  AckFrame,
  FragmentFrame,
  Frame,
  Json,
  MailFrame,
  MessageFrame,
  PaceFrame,
  PingFrame,
  ReceiptFrame,
  RefuseFrame,
  RosterFrame,
  SignalFrame,
  SizedFrame,
  StateFrame,
} from "./frames.ts";
