#!/usr/bin/env node
import { runCommandLine } from "../dist/command-line/main.js";

await runCommandLine(process.argv.slice(2));
