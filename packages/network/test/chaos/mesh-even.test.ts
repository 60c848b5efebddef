import { chaos } from "./suite.ts";

chaos("mesh", 2000, [0, 2]);
