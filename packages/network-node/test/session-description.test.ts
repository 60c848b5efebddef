import { describe, expect, test } from "vitest";
import {
  markLateCandidates,
  readRemoteDescription,
  toLocalDescription,
  withSenderAsDtlsClient,
} from "../src/session-description.ts";

const CANDIDATE = "candidate:1 1 UDP 2114977791 192.0.2.1 38948 typ host";
const lines = (...more: string[]): string =>
  [
    "v=0",
    "o=rtc 27 0 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "m=application 38948 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 192.0.2.1",
    "a=setup:actpass",
    ...more,
    "",
  ].join("\r\n");

describe("session descriptions", () => {
  test("a local one names no address and no candidates, which come by trickle ICE", () => {
    expect(toLocalDescription(lines(`a=${CANDIDATE}`, "a=end-of-candidates", "a=mid:0"))).toBe(
      lines("a=mid:0").replace("38948", "9").replace("192.0.2.1", "0.0.0.0"),
    );
  });

  test("a remote one is read, and what stood in it of candidates is taken out", () => {
    const remote = readRemoteDescription(lines(`a=${CANDIDATE}`, "a=mid:0", "a=end-of-candidates"));
    expect(remote).toEqual({
      sdp: lines("a=mid:0"),
      candidates: [CANDIDATE],
      isLibdatachannel: true,
      holdsCandidates: false,
      setup: "actpass",
    });
  });

  test("line ends may be bare line feeds", () => {
    const { sdp, candidates } = readRemoteDescription(lines(`a=${CANDIDATE}`).replaceAll("\r", ""));
    expect([sdp, candidates]).toEqual([lines().replaceAll("\r", ""), [CANDIDATE]]);
  });

  test("[S15] the mark of late candidates survives the way to the other side", () => {
    expect(readRemoteDescription(markLateCandidates(lines())).holdsCandidates).toBe(true);
  });

  test("a browser's is told from libdatachannel's", () => {
    expect(readRemoteDescription(lines().replace("o=rtc", "o=-")).isLibdatachannel).toBe(false);
    expect(readRemoteDescription(lines().replace("o=rtc", "o=mozilla...THIS_IS_SDPARTA-99.0")).isLibdatachannel).toBe(
      false,
    );
  });

  test("an offer can be read as one whose sender wants to be the DTLS client", () => {
    expect(withSenderAsDtlsClient(lines())).toContain("a=setup:active\r\n");
  });

  test.each([
    ["nothing", ""],
    ["garbage", "garbage"],
    ["no media", "v=0\r\n"],
    ["audio", lines().replace("m=application", "m=audio")],
    ["two connections", lines("m=application 9 UDP/DTLS/SCTP webrtc-datachannel")],
    ["more than any description has", lines("a=x".repeat(6000))],
  ])("refuses %s", (_, sdp) => {
    expect(() => readRemoteDescription(sdp)).toThrow(TypeError);
  });
});
