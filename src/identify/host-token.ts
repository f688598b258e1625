// SPDX-License-Identifier: Apache-2.0
// The token of the command on this host: whoever can read the data folder is believed to be its owner.
import { rm } from "node:fs/promises";
import path from "node:path";
import type { Random } from "../core/index.ts";
import { isSecret, newSecret, writeSecretFile } from "./secret-file.ts";

const FILE = "cli-token";

export interface HostToken {
  /** Whether this is what the file holds. */
  check(text: string): boolean;
  /** Takes the file away. */
  close(): Promise<void>;
}

export async function writeHostToken(dataDir: string, random: Random): Promise<HostToken> {
  const file = path.join(dataDir, FILE);
  const token = newSecret(random);
  await writeSecretFile(file, token);
  return { check: (text) => isSecret(text, token), close: () => rm(file, { force: true }) };
}
