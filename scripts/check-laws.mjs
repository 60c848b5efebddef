import { resolve } from "node:path";
import { checkLaws } from "./laws/all.mjs";

// usage: node scripts/check-laws.mjs [root]
const lines = checkLaws(resolve(process.argv[2] ?? "."));
for (const line of lines) console.log(line);
process.exitCode = lines.length > 0 ? 1 : 0;
