// SPDX-License-Identifier: Apache-2.0
// The sidecar: a plain MCP server for the client beside it, a proven agent for the gate.
export { AgentKey } from "./agent-key.ts";
export type { Program } from "./enrol.ts";
export type { ConnectErrorCode } from "./errors.ts";
export { ConnectError } from "./errors.ts";
export type { Connection } from "./gate.ts";
export { Gate } from "./gate.ts";
export { keptKey, makeKey, readKeyFile } from "./key-file.ts";
export { listen } from "./listen.ts";
export type { ConnectPorts } from "./ports.ts";
export { StdioClient } from "./stdio.ts";
