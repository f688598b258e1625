// SPDX-License-Identifier: Apache-2.0
// What the record's answers rest on, kept beside it; that it is erased when its time is over stands in the record itself.
import type { KeyObject } from "node:crypto";
import path from "node:path";
import {
  type AdminDraft,
  type Custody,
  type Holds,
  type Instant,
  jsonObject,
  type Log,
  type Recorder,
} from "../core/index.ts";
import { type Domains, openSlices, type SliceRoom } from "../record/index.ts";
import type { Config } from "./config.ts";
import { systemClock, systemRandom, systemTimers } from "./system.ts";

/** Folder of slices in a data directory. */
export function slicesDir(dataDir: string): string {
  return path.join(dataDir, "slices");
}

export interface SlicePorts {
  readonly custody: Custody;
  readonly domains: Pick<Domains, "get">;
  readonly holds: Holds;
  readonly recorder: Recorder;
  readonly log: Log;
}

export function openServerSlices(
  { recorder, domains, holds, ...ports }: SlicePorts,
  { dataDir, record }: Pick<Config, "dataDir" | "record">,
): Promise<SliceRoom> {
  const system = { clock: systemClock, timers: systemTimers, random: systemRandom };
  const erased = (days: readonly string[]): void => recorder.note(slicesErased(days));
  const domainKeys = (id: string): KeyObject | undefined => domains.get(id)?.key;
  const isHeld = (from: Instant, to: Instant): boolean => holds.on({ from, to }).length > 0;
  return openSlices({ ...system, ...ports, domainKeys, isHeld, erased }, { dir: slicesDir(dataDir), ...record.slices });
}

/** What decisions of these days rested on is gone: they can be proved for ever, and judged again no more. */
function slicesErased(days: readonly string[]): AdminDraft {
  const data = jsonObject([["slices", days]]);
  return { type: "admin", name: "log.erased", by: "system", because: "kept long enough", data };
}
