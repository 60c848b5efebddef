import { Attackers } from "./signaling/attackers.mjs";
import { answerCalls } from "./stage/answer-calls.mjs";

// A child process of the bench: hostile clients of a signaling server.
answerCalls(new Attackers(Number(process.argv[2]), Number(process.argv[3])));
