import { chaos } from "./suite.ts";

chaos("star", 200);
