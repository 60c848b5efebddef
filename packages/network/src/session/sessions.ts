/** What a page loads while it may still wait for a code: all that happens once there is an attempt. */
export { HostSession } from "./host-session.ts";
export { JoinerSession } from "./joiner-session.ts";
