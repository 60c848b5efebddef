import { Link } from "./link/link.mjs";
import { answerCalls } from "./stage/answer-calls.mjs";

// A child process of the bench: a link of a given quality.
answerCalls(new Link(process.argv[2] ?? ""));
