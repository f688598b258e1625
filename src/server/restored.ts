// SPDX-License-Identifier: Apache-2.0
// The first start after a restore (store S19): everything that was issued before is dead, because what was revoked after
// the backup is not known here, and nothing is opened for an agent before a person says so.
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { type Clock, instant, jsonObject, quote, type Recorder } from "../core/index.ts";
import type { Identify } from "../identify/index.ts";
import { RESTORED_FILE } from "../store/index.ts";
import type { Config } from "./config.ts";
import { ServerError } from "./errors.ts";

export interface Restored {
  /** Name of the log that was backed up. */
  readonly log: string;
  /** When the backup was made. */
  readonly made: string;
  readonly restored: string;
}

const shape: z.ZodType<Restored> = z.strictObject({ log: z.string(), made: z.string(), restored: z.string() });

/** UNIT: ms. Nothing that is issued for a caller lives longer. */
const ISSUED_MAX_MS = 24 * 3_600_000;
const ACT = { by: "system", because: "restored from a backup" } as const;

/**
 * Whether this directory was restored and no person has let it go on.
 * @throws ServerError SERVER_RESTORED where the log would go on under the name that others know it by
 */
export async function readRestored({
  dataDir,
  record,
}: Pick<Config, "dataDir" | "record">): Promise<Restored | undefined> {
  const file = path.join(dataDir, RESTORED_FILE);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const restored = shape.parse(JSON.parse(text));
  if (restored.log !== record.name) return restored;
  throw new ServerError(
    "SERVER_RESTORED",
    `starting: ${quote(restored.log)} was restored from a backup of ${restored.made}`,
    {
      fix: `npx bailiwick record adopt NAME, then set record.name to it: entries after the backup may be known elsewhere`,
    },
  );
}

/** Ends what was issued before; once is enough, and twice does no harm. */
export async function endIssued(identify: Identify, clock: Clock): Promise<void> {
  const exp = instant(clock.now() + ISSUED_MAX_MS);
  const why = ACT.because;
  await identify.feed.append([{ kind: "all", id: "all", effect: "isolate", exp, why, synthetic: false }]).durable;
  identify.people.endSessions(() => true);
  for (const { id } of identify.registry.list()) {
    for (const mandate of identify.mandates.openFor(id)) await identify.mandates.close(mandate.id, ACT);
  }
}

/** A person says that agents may go on. */
export async function goOn(dataDir: string, recorder: Recorder, restored: Restored): Promise<void> {
  await recorder.append({
    type: "admin",
    name: "backup.restored",
    by: "system",
    because: "asked on the host",
    data: jsonObject([
      ["made", restored.made],
      ["restored", restored.restored],
      ["log", restored.log],
    ]),
  });
  await rm(path.join(dataDir, RESTORED_FILE));
}
