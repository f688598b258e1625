// SPDX-License-Identifier: Apache-2.0
// The port TransferGate over files that were read and checked once, at start.
import type { Clock, Digest, TransferGate } from "../../core/index.ts";
import { readIfThere } from "../yaml-file.ts";
import { opinionsOf } from "./judge.ts";
import { loadRegulations } from "./load.ts";
import { EMPTY_SHELF, readMechanisms } from "./mechanisms.ts";
import { combine } from "./opinion.ts";
import type { Unreviewed } from "./posture.ts";
import type { Row } from "./rows.ts";

export interface TransferSources {
  /** The folder `regulations/`. */
  readonly dir: string;
  /** File of what is on file; no such file, or no name, means nothing is. */
  readonly mechanisms?: string | undefined;
  readonly clock: Pick<Clock, "now">;
  /** Whether an unreviewed row that bars asks for its review (the default), or bars (prove J79). */
  readonly unreviewed?: Unreviewed | undefined;
}

/** The gate, and what a person is shown of the rules behind it. */
export interface Transfers extends TransferGate {
  /** Every row with its citation, confidence and state; `sourced` or not is printed wherever a row is (prove J4). */
  readonly rows: readonly Row[];
  /** What this data is and is not, in its own words. */
  readonly standing: string;
  /** Day of the draft. */
  readonly compiled: string;
  /** Of the files of rules, for the record: which data a verdict came from. */
  readonly digest: Digest;
}

/** Reads all files, or refuses. @throws ProveError PROVE_REGULATIONS_INVALID, PROVE_MECHANISMS_INVALID, PROVE_FILE_UNREADABLE */
export async function openTransferGate(sources: TransferSources): Promise<Transfers> {
  const { dir, mechanisms, clock, unreviewed = "ask" } = sources;
  const regulations = await loadRegulations(dir);
  const text = mechanisms === undefined ? undefined : await readIfThere(mechanisms);
  const shelf =
    mechanisms === undefined || text === undefined ? EMPTY_SHELF : readMechanisms(mechanisms, text, regulations);
  const bench = { regulations, shelf, unreviewed };
  const { rows, words, digest } = regulations;
  return {
    rows,
    standing: words.standing,
    compiled: words.compiled,
    digest,
    check: (flow) => combine(opinionsOf(flow, clock.now(), bench)),
  };
}
