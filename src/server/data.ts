// SPDX-License-Identifier: Apache-2.0
// What is known of data: what is in it, and where it may go.
import type { KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createInspector, type Inspector, readLabelRules } from "../protect/index.ts";
import { openTransferGate, type Transfers } from "../prove/index.ts";
import type { Config } from "./config.ts";
import { regulationsOf } from "./regimes.ts";
import { systemClock } from "./system.ts";

/** @param key - of keyed digests of values */
export async function openData(
  config: Config,
  io: { readonly root: string },
  key: KeyObject,
): Promise<{ readonly inspector: Inspector; readonly transfers: Transfers }> {
  const labels = readLabelRules("labels.yaml", await readFile(path.join(io.root, "policies", "labels.yaml"), "utf8"));
  const inspector = createInspector({ key, labels });
  const transfers = await openTransferGate({
    dir: regulationsOf(config, io.root),
    ...(config.prove.mechanisms === undefined ? {} : { mechanisms: config.prove.mechanisms }),
    clock: systemClock,
    unreviewed: config.prove.regimes.transfer.unreviewed,
  });
  return { inspector, transfers };
}
