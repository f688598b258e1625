// SPDX-License-Identifier: Apache-2.0
// A preview for a terminal, at most 100 columns and without colour: left what is known here, right what a partner would be
// told of it. `-` stays here, `~` goes coarser; each with its reason.
import { isJsonArray, isJsonObject, type Json, type JsonObject, member } from "../../core/index.ts";
import type { Removal } from "../minimise/minimise.ts";
import { columnsOf, fit, wrap } from "../text.ts";
import { leavesOf } from "./leaves.ts";
import type { Preview } from "./preview.ts";

/** UNIT: columns. */
const WIDTH = 100;
const LEFT = 47;
const RIGHT = WIDTH - LEFT - 5;
/** Lines that one value may take. */
const VALUE_MAX_LINES = 3;
/** Members that every object has: shown of the first, and of others only where they fare differently. */
const COMMON: ReadonlySet<string> = new Set([
  "spec_version",
  "created",
  "modified",
  "created_by_ref",
  "object_marking_refs/0",
]);

interface Row {
  readonly mark: " " | "-" | "~";
  readonly left: string;
  readonly right: string;
}

/** Lines of at most 100 columns; what others wrote is escaped and cut. */
export function previewLines(preview: Preview): readonly string[] {
  const { outgoing, blocked, incident, tlp, profile, removed } = preview;
  const left = removed.filter(({ became }) => became === undefined).length;
  const size =
    outgoing === undefined ? "blocked" : `${objectsIn(outgoing.bundle).length} objects, ${outgoing.bytes.length} bytes`;
  const lines = [
    "nothing is sent: this is what a partner would be told",
    `${incident} · TLP:${tlp} · profile ${profile.id} ${profile.version} · ${size}`,
    ...(outgoing === undefined ? [] : [outgoing.digest]),
    ...blocked.map((why) => `BLOCKED: ${why}`),
    `- left out: ${left}   ~ made coarser: ${removed.length - left}`,
    "",
    ...linesOf({
      mark: " ",
      left: "known here",
      right: outgoing === undefined ? "would be told, were it not blocked" : "a partner would be told",
    }),
    ...objectLines(preview),
  ];
  return lines.map((text) => fit(text, WIDTH).trimEnd());
}

function objectLines({ internal, removed }: Preview): readonly string[] {
  const fates = new Map(removed.map((one) => [one.pointer, one]));
  const first = new Map<string, string>();
  return objectsIn(internal).flatMap((object, i) => {
    const at = `/objects/${i}`;
    const rows = rowsOf(object, at, fates).filter(({ name, row }) => {
      if (!COMMON.has(name)) return true;
      const seen = first.get(name);
      if (seen === undefined) first.set(name, row.right);
      return seen !== row.right;
    });
    return ["", `${textOf(object, "type")}  ${textOf(object, "id")}`, ...rows.flatMap(({ row }) => linesOf(row))];
  });
}

interface NamedRow {
  readonly name: string;
  readonly row: Row;
}

function rowsOf(object: JsonObject, at: string, fates: ReadonlyMap<string, Removal>): readonly NamedRow[] {
  const whole = fates.get(at) ?? fates.get(`${at}/type`);
  if (whole !== undefined)
    return [{ name: "", row: { mark: "-", left: "the whole object", right: `left out: ${whole.reason}` } }];
  return Object.entries(object).flatMap(([name, value]) => {
    if (name === "type" || name === "id") return [];
    const list = listRow(name, value, `${at}/${name}`, fates);
    return (
      list ??
      [...leavesOf(value, `/${name}`)].map((leaf) => leafRow(leaf.pointer, leaf.text, fates.get(at + leaf.pointer)))
    );
  });
}

/** A list of references that all leave is one row. */
function listRow(
  name: string,
  value: Json,
  at: string,
  fates: ReadonlyMap<string, Removal>,
): readonly NamedRow[] | undefined {
  if (!name.endsWith("_refs") || !isJsonArray(value) || value.length < 2) return undefined;
  if (value.some((_, i) => fates.has(`${at}/${i}`))) return undefined;
  return [{ name, row: { mark: " ", left: `${name} (${value.length} ids)`, right: `the same ${value.length} ids` } }];
}

function leafRow(pointer: string, text: string, fate: Removal | undefined): NamedRow {
  const name = pointer.slice(1);
  const left = `${shortName(name)}  ${text}`;
  if (fate === undefined) return { name, row: { mark: " ", left, right: text } };
  if (fate.became === undefined) return { name, row: { mark: "-", left, right: `left out: ${fate.reason}` } };
  return { name, row: { mark: "~", left, right: `${leafText(fate.became)} (${fate.reason})` } };
}

/** An extension is known by its last member. */
function shortName(name: string): string {
  return name.replace(/^extensions\/[^/]+\//, "extensions/…/");
}

function leafText(json: Json): string {
  return typeof json === "string" ? json : JSON.stringify(json);
}

/** What stays here is shown whole on the left, what leaves on the right, each of a few lines at most. */
function linesOf({ mark, left, right }: Row): readonly string[] {
  const here = wrap(left, LEFT, mark === "-" ? VALUE_MAX_LINES : 1);
  const there = wrap(right, RIGHT, VALUE_MAX_LINES);
  return Array.from({ length: Math.max(here.length, there.length) }, (_, i) => {
    const shown = here[i] ?? "";
    return `${i === 0 ? mark : " "} ${shown}${" ".repeat(LEFT - columnsOf(shown))} | ${there[i] ?? ""}`;
  });
}

function objectsIn(json: JsonObject): readonly JsonObject[] {
  const objects = member(json, "objects");
  return isJsonArray(objects) ? objects.filter(isJsonObject) : [];
}

function textOf(object: JsonObject, name: string): string {
  const value = member(object, name);
  return typeof value === "string" ? value : "";
}
