// SPDX-License-Identifier: Apache-2.0
// Is anything of this house left in what would leave (share S17)? Looked for in three ways: what the incident itself names,
// what looks like a path or an address, and what `protect` finds in any text. A look that could not be taken is a finding too.
import { type Json, type JsonObject, NEUTRAL_LABEL } from "../../core/index.ts";
import type { Inspector } from "../../protect/index.ts";
import { isStixId } from "../stix/ids.ts";
import { leavesOf } from "./leaves.ts";

export interface Residue {
  /** JSON pointer into the bundle; empty where it is about all of it. */
  readonly pointer: string;
  /** What it is, never the value itself. */
  readonly what: string;
}

const PATH = /:\/\/|(?:^|[\s"'(=])(?:[A-Za-z]:)?[\\/][\w.-]{2,}|[\w-]+[\\/][\w./\\-]+\.\w{1,8}\b/;

export interface Search {
  /** What may not be in it, whole or as a name; its case does not matter. */
  readonly identifiers: readonly string[];
  /** What stands in every bundle: a word of it is no trace of a name that happens to be the same word. */
  readonly fixed: string;
  readonly inspector: Inspector;
}

/** @returns what is left in it, by its place and never by its value */
export async function residueOf(
  bundle: JsonObject,
  { identifiers, fixed, inspector }: Search,
): Promise<readonly Residue[]> {
  const ours = folded(fixed);
  const sought = identifiers.map(folded).filter((name) => !ours.includes(name));
  const found: Residue[] = [];
  for (const { pointer, text } of textsOf(bundle)) {
    if (isStixId(text)) continue; // made by us from a key: it says nothing, and looks like anything
    const seen = folded(text);
    if (sought.some((name) => stands(name, seen))) found.push({ pointer, what: "an identifier of this house" });
    if (PATH.test(text)) found.push({ pointer, what: "something like a path or an address" });
  }
  return [...found, ...(await inspected(bundle, inspector))];
}

async function inspected(bundle: JsonObject, inspector: Inspector): Promise<readonly Residue[]> {
  const { detections, coverage } = await inspector.inspect({ json: bundle }, { source: NEUTRAL_LABEL });
  const ids = new Set([...leavesOf(bundle)].filter(({ text }) => isStixId(text)).map(({ pointer }) => pointer));
  const missed = Object.entries(coverage).filter(([, { state }]) => state !== "ran");
  return [
    ...detections.flatMap(({ path = "", type }) => (ids.has(path) ? [] : [{ pointer: path, what: type }])),
    ...missed.map(([check, { state }]) => ({
      pointer: "",
      what: `the check ${check} did not look at all of it: ${state}`,
    })),
  ];
}

/** Values, and the names of members. */
function* textsOf(bundle: Json): Generator<{ readonly pointer: string; readonly text: string }> {
  for (const leaf of leavesOf(bundle)) {
    yield leaf;
    const name = leaf.pointer.slice(leaf.pointer.lastIndexOf("/") + 1);
    if (!isStixId(name)) yield { pointer: leaf.pointer, text: name };
  }
}

/** Letters that look or mean alike are alike (NFKC), case does not matter, percent encoding is undone. */
function folded(text: string): string {
  let plain = text;
  try {
    plain = decodeURIComponent(text);
  } catch {
    // a lone percent sign: then it is no encoding, and the text is looked at as it is
  }
  return plain.normalize("NFKC").toLowerCase();
}

/** A name of letters alone counts as a word; anything else wherever it stands. */
function stands(name: string, text: string): boolean {
  const isWord = /^\p{L}+$/u.test(name);
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!isWord) return true;
    const around = `${text.slice(0, at).slice(-1)}${text.slice(at + name.length).slice(0, 1)}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return true;
  }
  return false;
}
