// SPDX-License-Identifier: Apache-2.0
import path from "node:path";
import { type RecordConfig } from "../../../src/record/index.ts";
import { machineConfig } from "../../../src/record/testing/machine.ts";

/** Small segments, small batches and frequent checkpoints: a fault meets every kind of work. */
const SETTINGS = {
  segmentBytes: 64 * 1024,
  // a start begins at a late segment wherever it can
  startEntries: 0,
  batch: { entries: 64, bytes: 128 * 1024 },
  checkpointMs: 100,
  reserveBytes: 64 * 1024,
  low: { percent: 0, bytes: 0, warnPercent: 0 },
};

/** A log in this folder, with its guard beside it. */
export function configOf(dir: string, settings: object = {}): RecordConfig {
  return machineConfig(dir, { ...SETTINGS, guard: `file:${path.join(dir, "..", "head")}`, ...settings });
}
