// SPDX-License-Identifier: Apache-2.0

import { type RecordSettings, recordConfig } from "../../../src/record/index.ts";

/** Small segments, small batches and frequent checkpoints: a fault meets every kind of work. */
export const SETTINGS: RecordSettings = recordConfig.parse({
  segmentBytes: 64 * 1024,
  batch: { entries: 64, bytes: 128 * 1024 },
  checkpointMs: 100,
  reserveBytes: 64 * 1024,
  low: { percent: 0, bytes: 0, warnPercent: 0 },
});
