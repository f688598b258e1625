// SPDX-License-Identifier: Apache-2.0
// What is known of a log apart from the log: that it was begun, with which key, and that it had a guard. A log is born
// once (record L25); a volume that is missing must not become a new log.
import { z } from "zod";
import { formatInstant, type Instant, quote } from "../core/index.ts";
import type { RecordConfig } from "./config.ts";
import { RecordError } from "./errors.ts";
import type { LogFolder } from "./folder.ts";

const FILE = "identity.json";

export interface LogIdentity {
  readonly origin: string;
  readonly vkey: string;
  /** A guard holds its head: one that is found empty was emptied. */
  readonly guarded: boolean;
}

const shape: z.ZodType<LogIdentity> = z.strictObject({ origin: z.string(), vkey: z.string(), guarded: z.boolean() });

/** @throws RecordError RECORD_CORRUPT */
export async function readIdentity(folder: LogFolder): Promise<LogIdentity | undefined> {
  const bytes = await folder.read(folder.beside(FILE));
  if (bytes === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  } catch (cause) {
    throw new RecordError("RECORD_CORRUPT", `opening ${FILE}: it is not what was written`, { cause });
  }
}

/** Written once the first checkpoint is out, and when the log gets its first guard. */
export async function writeIdentity(folder: LogFolder, identity: LogIdentity): Promise<void> {
  const known = await readIdentity(folder);
  if (known?.guarded === identity.guarded) return;
  await folder.replace({ path: folder.beside(FILE), bytes: Buffer.from(`${JSON.stringify(identity)}\n`) });
}

/** May a log begin in this empty folder, today? @throws RecordError RECORD_MISSING */
export function mayBegin(config: RecordConfig, known: LogIdentity | undefined, now: Instant): void {
  const today = formatInstant(now).slice(0, "2026-01-01".length);
  const refusal =
    known !== undefined
      ? "a log was begun there before"
      : config.vkey !== undefined
        ? "`record.vkey` names the key of a log that was begun before"
        : config.inception !== undefined && config.inception !== today
          ? `\`record.inception\` is ${quote(config.inception)}, and today is ${today}`
          : undefined;
  if (refusal === undefined) return;
  throw new RecordError("RECORD_MISSING", `opening the record: no entry in ${quote(config.name)}; ${refusal}`, {
    fix: "mount the record's volume, or restore its newest copy; a new log needs another `record.name`",
  });
}
