// SPDX-License-Identifier: Apache-2.0
// Policies of a bench, loaded as a bundle from a folder.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Bundle, loadBundle } from "../../src/decide/index.ts";
import { systemTimers } from "../../src/server/system.ts";

export async function loadTexts(
  schema: string,
  texts: readonly string[],
): Promise<{ readonly bundle: Bundle; readonly ms: number }> {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-bench-"));
  try {
    await writeBundle(dir, schema, texts);
    const started = performance.now();
    const loaded = await loadBundle({ dir, timers: systemTimers });
    if ("problems" in loaded) throw new Error(JSON.stringify(loaded.problems.slice(0, 3)));
    return { bundle: loaded.bundle, ms: Math.round(performance.now() - started) };
  } finally {
    await rm(dir, { recursive: true });
  }
}

export async function writeBundle(dir: string, schema: string, texts: readonly string[]): Promise<void> {
  await mkdir(path.join(dir, "cases"), { recursive: true });
  await writeFile(path.join(dir, "bailiwick.yaml"), "name: bench\ndomain: bench\nowner: bench\n");
  await writeFile(path.join(dir, "schema.cedarschema"), schema);
  // a file of a thousand rules is what a person would still open
  for (let from = 0; from < texts.length; from += 1000)
    await writeFile(path.join(dir, `${10_000 + from}.cedar`), texts.slice(from, from + 1000).join("\n"));
}
