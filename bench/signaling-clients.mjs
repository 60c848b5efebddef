import { Crowd } from "./signaling/crowd.mjs";
import { answerCalls } from "./stage/answer-calls.mjs";

// A child process of the bench: honest clients of a signaling server.
const [port, name = "peer", firstAddress = 0] = process.argv.slice(2);
answerCalls(new Crowd(Number(port), name, Number(firstAddress)));
