// SPDX-License-Identifier: Apache-2.0
// How every interaction passes the gate.

export type { EnforceConfig, McpConfig, McpServerConfig } from "./config.ts";
export { enforceConfig, mcpConfig } from "./config.ts";
export type { DraftedTool } from "./draft.ts";
export { draftTool } from "./draft.ts";
export type { EnforceErrorCode } from "./errors.ts";
export { EnforceError } from "./errors.ts";
export { createGate } from "./gate.ts";
export type { Manifest } from "./manifest.ts";
export { readManifest } from "./manifest.ts";
export type { Approvals as ApprovalPages } from "./mcp/asking.ts";
export type { GateRequest, GateResponse } from "./mcp/http.ts";
export { probeTools } from "./mcp/probe.ts";
export type { Relay, RelayPorts } from "./mcp/relay.ts";
export { createRelay } from "./mcp/relay.ts";
export { RequestStates } from "./mcp/request-state.ts";
export { toolDigestsOf } from "./mcp/tools.ts";

export type { Gate } from "./passage.ts";
export type { Folder } from "./resources/folder.ts";
export { openFolder } from "./resources/folder.ts";
export { Tasks } from "./tasks.ts";
export type { Transport, UpstreamServer } from "./upstream-server.ts";
