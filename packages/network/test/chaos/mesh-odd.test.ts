import { chaos } from "./suite.ts";

chaos("mesh", 2000, [1, 2]);
