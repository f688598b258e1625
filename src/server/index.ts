// SPDX-License-Identifier: Apache-2.0
// What the command starts: a server, the demo, and the commands on manifests, policies and rules that need no server.

export { restoreBackup, testBackup } from "./backups.ts";
export { draftManifest } from "./connections/draft.ts";
export { addToFiles, previewServer } from "./connections/offline.ts";
export { adoptRecord, rebuildRecord, rewrapKeys, whileStopped } from "./offline-record.ts";
export { checkPolicies, diffPolicies, explainPolicies, formatPolicies, testPolicies } from "./policies.ts";
export { listRegimes, showRegime } from "./regimes.ts";
export { replayFolder } from "./replay.ts";
export { planSchema } from "./store.ts";
export type { UpIo, UpOptions } from "./up.ts";
export { runUp } from "./up.ts";
