// SPDX-License-Identifier: Apache-2.0
// How every interaction passes the gate.

export type { EnforceConfig, McpConfig, McpServerConfig } from "./config.ts";
export { enforceConfig, mcpConfig } from "./config.ts";
export type { DraftedTool } from "./draft.ts";
export { draftTool } from "./draft.ts";
export type { EnforceErrorCode } from "./errors.ts";
export { EnforceError } from "./errors.ts";
export { createGate } from "./gate.ts";
export type { ManifestDifference } from "./manifests/differences.ts";
export { changesOf, strangersOf } from "./manifests/differences.ts";
export type { Manifest } from "./manifests/manifest.ts";
export { readManifest } from "./manifests/manifest.ts";
export { ENFORCE_SCHEMA } from "./manifests/schema.ts";
export type { ApprovedManifest, ManifestAct, ManifestShelf } from "./manifests/shelf.ts";
export { openShelf } from "./manifests/shelf.ts";
export type { Approvals as ApprovalPages } from "./mcp/asking.ts";
export type { GateRequest, GateResponse } from "./mcp/http.ts";
export { probeTools } from "./mcp/probe.ts";
export type { Relay, RelayPorts } from "./mcp/relay.ts";
export { createRelay } from "./mcp/relay.ts";
export { RequestStates } from "./mcp/request-state.ts";
export { definitionsOf } from "./mcp/tools.ts";
export type { Gate } from "./passage.ts";
export { changeLine, changesBetween } from "./pins/changes.ts";
export type { Folder } from "./resources/folder.ts";
export { openFolder } from "./resources/folder.ts";
export { Tasks } from "./tasks.ts";
export type { Transport, UpstreamServer } from "./upstream-server.ts";
