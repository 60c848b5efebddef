// node --conditions=clayground-source --import THIS: runs the packages from their sources, without a build.
import { register } from "node:module";

register("./hooks.mjs", import.meta.url);
