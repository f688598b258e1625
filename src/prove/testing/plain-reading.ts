// SPDX-License-Identifier: Apache-2.0
// A second reading of the EU files, for tests: no tables, no schemas, nothing shared with the gate but the files.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

export const REGULATIONS: string = path.join(import.meta.dirname, "..", "..", "..", "regulations");
/** What is on file in the cases. */
export const ON_FILE: string = path.join(REGULATIONS, "tests", "EU.mechanisms.yaml");

interface Dated {
  readonly from?: string;
  readonly until?: string;
}
interface Files {
  readonly places: { readonly known: readonly string[]; readonly groups: Readonly<Record<string, readonly string[]>> };
  readonly words: {
    readonly categories: readonly string[];
    readonly mechanism_kinds: { readonly instrument: string[] };
  };
  readonly eu: {
    readonly adequacy: readonly (Dated & { readonly to: string; readonly only_if?: string; readonly note?: string })[];
    readonly rules: readonly {
      readonly category: string;
      readonly posture: string;
      readonly mechanisms: readonly string[];
      readonly beside?: readonly string[];
    }[];
  };
  readonly scope: {
    readonly place: string;
    readonly area: { readonly place: string };
    readonly implies: readonly { readonly category: string; readonly also: string }[];
  };
  readonly shelf: {
    readonly mechanisms: readonly (Dated & {
      readonly kind: string;
      readonly importer: string;
      readonly categories: readonly string[];
      readonly places: readonly string[];
      readonly purposes?: readonly string[];
      readonly assessed?: string;
    })[];
    readonly importers: readonly (Dated & { readonly importer: string; readonly fact: string })[];
  };
}

const read = (name: string): unknown => parse(readFileSync(path.join(REGULATIONS, name), "utf8"));
export const FILES: Files = {
  places: read("places.yaml"),
  words: read("transfers.yaml"),
  eu: read("EU/transfers.yaml"),
  scope: read("EU/scope.yaml"),
  shelf: read("tests/EU.mechanisms.yaml"),
} as Files;

/** Ascending strictness. */
export const RANK: readonly string[] = ["allowed", "conditional", "unknown", "barred"];

/** One place to one place, one category, no purpose. */
export interface PlainFlow {
  readonly from: string;
  readonly to: string;
  readonly category: string;
  readonly operator: string | undefined;
  /** Day, `2026-12-06`. */
  readonly today: string;
  readonly unreviewed: "ask" | "deny";
}

export function readPlainly(flow: PlainFlow): string {
  const { from, to, category } = flow;
  const { area, implies } = FILES.scope;
  if (members(to).some((one) => !FILES.places.known.includes(one))) return "unknown";
  if (isInside(to, from)) return "allowed";
  if (!isInside(from, area.place)) return "unknown";
  if (isInside(to, area.place)) return "allowed";
  const categories = [category];
  for (const one of categories) categories.push(...implies.filter((i) => i.category === one).map(({ also }) => also));
  const ranks = categories.map((one) => RANK.indexOf(readRow(flow, one)));
  return RANK[Math.max(...ranks)] ?? "none";
}

function members(name: string): readonly string[] {
  const group = FILES.places.groups[name === "EU" ? FILES.scope.place : name];
  return group === undefined ? [name] : group.flatMap(members);
}

function isInside(place: string, area: string): boolean {
  return members(place).every((one) => members(area).some((other) => one === other || one.startsWith(`${other}-`)));
}

function readRow({ to, operator, today, unreviewed }: PlainFlow, category: string): string {
  const row = FILES.eu.rules.find((rule) => rule.category === category);
  if (row === undefined) return "unknown";
  const isOn = ({ from = "", until = "9999" }: Dated): boolean => from <= today && today < until;
  const { importers, mechanisms } = FILES.shelf;
  const isAdequate = FILES.eu.adequacy.some(
    (entry) =>
      isInside(to, entry.to) &&
      isOn(entry) &&
      (entry.only_if === undefined ||
        importers.some((one) => one.importer === operator && one.fact === entry.only_if && isOn(one))),
  );
  const kindsOnFile = mechanisms.filter(
    (one) =>
      one.importer === operator &&
      one.categories.includes(category) &&
      one.places.some((place) => isInside(to, place)) &&
      one.purposes === undefined &&
      isOn(one) &&
      (!FILES.words.mechanism_kinds.instrument.includes(one.kind) || (one.assessed ?? "9999") <= today),
  );
  const grounds = new Set(kindsOnFile.map(({ kind }) => kind));
  if (isAdequate) grounds.add("adequacy");
  const isOpen = [row.mechanisms, row.beside ?? row.mechanisms].every((kinds) =>
    kinds.some((kind) => grounds.has(kind)),
  );
  if (row.posture === "require_human") return "conditional";
  if (row.posture === "allow_with_mechanism") return isOpen ? "allowed" : "conditional";
  return unreviewed === "ask" || isOpen ? "conditional" : "barred";
}
