// SPDX-License-Identifier: Apache-2.0
// What a partner would be told of an incident (share S19): by the profile that is shipped, in the name of the first entity.
// Nothing is sent: there are no partners yet.
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Clock, Finding, IncidentFacts } from "../core/index.ts";
import type { Inspector } from "../protect/index.ts";
import { type Preview, preview, readProfile, readTechniques, stixIds } from "../share/index.ts";

export interface PreviewSources {
  /** The package: where `policies/share/` is. */
  readonly root: string;
  readonly key: Parameters<typeof stixIds>[0];
  readonly inspector: Inspector;
  readonly findings: () => readonly Finding[];
  /** How partners know the house. */
  readonly producer: string;
  readonly clock: Clock;
}

export type Previews = (incident: IncidentFacts) => Promise<Preview>;

/** Whom the ids are for, as long as there is no partner: nobody could link them to anything. */
const NOBODY = "preview";

/** @throws ShareError for a file that cannot be used */
export async function openPreviews({
  root,
  key,
  inspector,
  findings,
  producer,
  clock,
}: PreviewSources): Promise<Previews> {
  const read = async (file: string): Promise<[string, string]> => [
    path.posix.join("policies", "share", file),
    await readFile(path.join(root, "policies", "share", file), "utf8"),
  ];
  const profile = readProfile(...(await read("partner-default.yaml")));
  const techniques = readTechniques(...(await read("techniques.yaml")));
  const ids = stixIds(key, NOBODY);
  return (incident) =>
    preview(
      { incident, findings: findings(), profile, producer: { name: producer }, at: clock.now() },
      { ids, techniques, inspector },
    );
}
