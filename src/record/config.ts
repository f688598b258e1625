// SPDX-License-Identifier: Apache-2.0
// The section `record` of the configuration, and what the process adds to it.
import { z } from "zod";

/** Who cosigns our checkpoints, and whose we cosign (record L27-L30). */
export interface WitnessSettings {
  /** A tlog-policy file: the witnesses, where they are asked, and the quorum. */
  readonly policy?: string | undefined;
  readonly timeoutMs: number;
  readonly publish: "quorum" | "always";
  readonly maxLagMs: number;
  readonly server: {
    readonly on: boolean;
    readonly name?: string | undefined;
    /** tlog-policy files whose `log` lines are the logs that we cosign. */
    readonly logs: readonly string[];
  };
}

/** Section `record`. */
export interface RecordSettings {
  /** Name of the log; its folder, and the last part of its origin. */
  readonly name: string;
  readonly vkey?: string | undefined;
  readonly inception?: string | undefined;
  readonly guard: string;
  readonly checkpointMs: number;
  readonly republishMs: number;
  readonly keys: { readonly mldsa44: "auto" | "required" };
  readonly witness: WitnessSettings;
  readonly read: { readonly tiles: "private" | "public" };
  readonly sealAfterMs: number;
  readonly segmentBytes: number;
  readonly batch: { readonly entries: number; readonly bytes: number };
  readonly queue: { readonly entries: number; readonly bytes: number };
  readonly unpublishedBytes: number;
  readonly low: { readonly percent: number; readonly bytes: number; readonly warnPercent: number };
  readonly reserveBytes: number;
  readonly startEntries: number;
  readonly slices: { readonly keepDays: number };
  readonly erase: { readonly keyBackupDays: number; readonly dayKeyDays: number };
}

export interface RecordConfig extends RecordSettings {
  /** Folder that holds the log's folder. One process at a time: the caller holds its lock (record L13). */
  readonly dir: string;
  /** Name of the log for everybody, `<public host>/log/<name>`: its checkpoints' origin and its key's name. */
  readonly origin: string;
  readonly node: string;
  readonly tenant: string;
}

const KIB = 1024;
const MIB: number = 1024 * KIB;
const count = (least: number, most: number, preset: number): z.ZodDefault<z.ZodNumber> =>
  z.number().int().min(least).max(most).default(preset);

/** Section `record`, with its defaults. */
export const recordConfig: z.ZodType<RecordSettings> = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
    .default("main-1")
    .describe("name of the log; a log keeps its name for ever"),
  vkey: z
    .string()
    .regex(/^[^ +]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/)
    .optional()
    .describe("verifier key of the log: with it, another key and an empty folder are refused"),
  inception: z.iso.date().optional().describe("the one day (UTC) on which the log may begin in an empty folder"),
  guard: z
    .string()
    .regex(/^(?:none|sql|file:\/.+)$/)
    .default("none")
    .describe(
      "where the newest signed head is kept apart from the log, so that an old copy shows: none, file:/path, sql",
    ),
  checkpointMs: count(100, 60_000, 1000).meta({ unit: "ms" }).describe("how often a grown log is signed and published"),
  republishMs: count(60_000, 86_400_000, 600_000)
    .meta({ unit: "ms" })
    .describe("how often a log that does not grow is signed again, so that its age can be told"),
  keys: z
    .strictObject({ mldsa44: z.enum(["auto", "required"]).default("auto") })
    .prefault({})
    .describe("whether checkpoints must have a second signature (ML-DSA-44), or have it where the runtime can"),
  read: z
    .strictObject({ tiles: z.enum(["private", "public"]).default("private") })
    .prefault({})
    .describe("whether anybody may fetch the tiles of hashes; entries need the right record.read in any case"),
  witness: z
    .strictObject({
      policy: z.string().min(1).optional().describe("tlog-policy file of the witnesses of this log"),
      timeoutMs: count(50, 60_000, 1000).meta({ unit: "ms" }).describe("how long a witness may take"),
      publish: z
        .enum(["quorum", "always"])
        .default("quorum")
        .describe("whether a checkpoint that too few witnesses cosigned is published once maxLagMs is over"),
      maxLagMs: count(1000, 86_400_000, 60_000).meta({ unit: "ms" }),
      server: z
        .strictObject({
          on: z.boolean().default(false).describe("cosign the logs of others at /witness"),
          name: z
            .string()
            .regex(/^[A-Za-z0-9._~:/[\]-]{1,200}$/)
            .optional()
            .describe("name of its keys; default <public host>/witness"),
          logs: z
            .array(z.string().min(1))
            .max(32)
            .default([])
            .describe("tlog-policy files with the keys of those logs"),
        })
        .prefault({}),
    })
    .prefault({})
    .describe("who cosigns this log, and whose logs are cosigned here"),
  sealAfterMs: count(1, 10_000, 100).meta({ unit: "ms" }).describe("quiet after which the last batch is sealed"),
  segmentBytes: count(64 * KIB, 128 * MIB, 128 * MIB)
    .meta({ unit: "bytes" })
    .describe("size of a journal file"),
  batch: z
    .strictObject({
      entries: count(1, 65_536, 1024),
      bytes: count(128 * KIB, 16 * MIB, 4 * MIB).meta({ unit: "bytes" }),
    })
    .prefault({})
    .describe("largest group of entries that one sync makes durable"),
  queue: z
    .strictObject({ entries: count(16, 1_000_000, 4096), bytes: count(128 * KIB, 1024 * MIB, 16 * MIB) })
    .prefault({})
    .describe("entries that may wait for the disk; past it calls are refused as busy"),
  unpublishedBytes: count(128 * KIB, 1024 * MIB, 64 * MIB)
    .meta({ unit: "bytes" })
    .describe("entries in memory that no checkpoint covers yet; past it calls are refused as busy"),
  low: z
    .strictObject({
      percent: z.number().min(0).max(50).default(2),
      bytes: count(0, 1024 * MIB, 16 * MIB).meta({ unit: "bytes" }),
      warnPercent: z.number().min(0).max(90).default(10),
    })
    .prefault({})
    .describe("free space under which no new effect is let through, and under which it is warned of"),
  // what one full queue of outcomes needs
  reserveBytes: count(0, 1024 * MIB, 4 * MIB)
    .meta({ unit: "bytes" })
    .describe("space that is kept back, and given up on a full disk for the outcomes of what is under way"),
  startEntries: count(0, 100_000_000, 100_000).describe(
    "newest entries that a start reads at least; what lies before them is taken from the tiles",
  ),
  slices: z
    .strictObject({ keepDays: count(0, 3650, 30).meta({ unit: "days" }) })
    .prefault({})
    .describe(
      "how long what a decision rests on is kept beside the record, for replays; then it and its keys are erased",
    ),
  erase: z
    .strictObject({
      keyBackupDays: count(0, 30, 30).meta({ unit: "days" }),
      dayKeyDays: count(0, 36_500, 0).meta({ unit: "days" }),
    })
    .prefault({})
    .describe(
      "how long backups of keys are kept: an erasure is complete then; and keys of days, for tasks of nobody (0 for good)",
    ),
});
