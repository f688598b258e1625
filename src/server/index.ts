// SPDX-License-Identifier: Apache-2.0
// What the command starts: a server, the demo, and the two policy commands that need no server.

export { checkPolicies, testPolicies } from "./policies.ts";
export type { UpIo, UpOptions } from "./up.ts";
export { runUp } from "./up.ts";
