// SPDX-License-Identifier: Apache-2.0
// A manifest against what is in force and against what its server says, as rows for a person.
import type { ManifestView } from "../sdk/index.ts";
import type { Row } from "./table.ts";

export function manifestRows({ changes, strangers }: ManifestView): readonly Row[] {
  return [
    ...changes.map(({ tool, what }): Row => ["file", tool, what]),
    ...strangers.map(({ tool, what }): Row => ["server", tool, { text: what, style: "yellow" }]),
  ];
}

/** What is in force, and whether the file says the same. */
export function stateLine({ server, file, state, approved, why }: ManifestView): string {
  const inForce =
    approved === undefined ? "nothing is in force" : `in force: as ${approved.by} approved it at ${approved.at}`;
  const said: Readonly<Record<string, string>> = {
    approved: "the file says the same",
    draft: "the file is a draft: read it, mend it, delete the line draft: true",
    new: "the file waits to be approved",
    changed: "the file says something else, which is not in force",
    unreadable: `the file cannot be read: ${why ?? ""}`,
  };
  return `${server}: ${inForce} · ${said[state] ?? state} · ${file}`;
}
