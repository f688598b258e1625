// SPDX-License-Identifier: Apache-2.0
// Is a bundle STIX 2.1, strictly? Asked of everything that could leave: what is not is not sent, whatever made it.
import { isJsonArray, isJsonObject, type Json, type JsonObject, member } from "../../core/index.ts";
import { isStixId } from "./ids.ts";
import { shapeOf } from "./shapes.ts";

/** SOURCE: STIX 2.1 section 3.3: RFC 3339 in UTC; milliseconds are our rule (share S12). */
const TIMESTAMP = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;
const TIMES: ReadonlySet<string> = new Set(["created", "modified", "published", "first_seen", "last_seen"]);
/** The second is not before the first (STIX 2.1 sections 3.2 and 5.2). */
const ORDERED = [
  ["created", "modified"],
  ["first_seen", "last_seen"],
] as const;

/** @returns every way in which it is not; nothing where it is */
export function bundleProblems(bundle: JsonObject): readonly string[] {
  const objects = member(bundle, "objects");
  if (text(bundle, "type") !== "bundle" || !isIdOf("bundle", text(bundle, "id")) || !isJsonArray(objects))
    return ["it is no bundle: type, id or objects"];
  const problems = objects.filter(isJsonObject).flatMap(objectProblems);
  if (objects.length === 0 || !objects.every(isJsonObject)) problems.push("it has no objects, or something else");
  return [...problems, ...referenceProblems(objects.filter(isJsonObject))];
}

function objectProblems(object: JsonObject): string[] {
  const type = text(object, "type");
  const shape = shapeOf(type);
  if (shape === undefined) return [`there is no type ${type || "(none)"}`];
  const names = Object.keys(object);
  const problems = [
    ...shape.required.filter((name) => !names.includes(name)).map((name) => `has no ${name}`),
    ...names.filter((name) => !shape.known.has(name)).map((name) => `has no property ${name} in STIX`),
    ...names
      .filter((name) => TIMES.has(name) && !TIMESTAMP.test(text(object, name)))
      .map((n) => `${n} is no timestamp`),
    ...names.filter((name) => isEmpty(object[name])).map((name) => `${name} is empty`),
    ...ORDERED.filter(([a, b]) => text(object, b) !== "" && text(object, b) < text(object, a)).map(
      ([a, b]) => `${b} is before ${a}`,
    ),
  ];
  if (text(object, "spec_version") !== "2.1") problems.push("is not of version 2.1");
  if (!isIdOf(type, text(object, "id"))) problems.push("has no id of its type");
  if (type === "location" && text(object, "country") !== "" && !/^[A-Z]{2}$/.test(text(object, "country")))
    problems.push("country is not two letters of ISO 3166-1");
  return problems.map((problem) => `${type} ${problem}`);
}

function referenceProblems(objects: readonly JsonObject[]): readonly string[] {
  const ids = objects.map((object) => text(object, "id"));
  const known = new Set(ids);
  const problems = known.size === ids.length ? [] : ["an id stands twice"];
  for (const object of objects) {
    const type = text(object, "type");
    const dangling = referencesOf(object).filter((id) => !known.has(id));
    problems.push(...dangling.map((id) => `${type} refers to ${id}, which is not in the bundle`));
    const markings = member(object, "object_marking_refs");
    if (type !== "marking-definition" && !(isJsonArray(markings) && markings.length === 1))
      problems.push(`${type} has not one marking`);
  }
  return problems;
}

/** Every id that an object names in a member `…_ref` or `…_refs`. */
export function referencesOf(object: JsonObject): readonly string[] {
  return Object.entries(object).flatMap(([name, value]) => {
    if (name.endsWith("_ref") && typeof value === "string") return [value];
    return name.endsWith("_refs") && isJsonArray(value) ? value.filter((id) => typeof id === "string") : [];
  });
}

function isIdOf(type: string, id: string): boolean {
  return isStixId(id) && id.startsWith(`${type}--`);
}

function isEmpty(value: Json | undefined): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (isJsonArray(value)) return value.length === 0 || value.some(isEmpty);
  return isJsonObject(value) && Object.keys(value).length === 0;
}

function text(object: JsonObject, name: string): string {
  const value = member(object, name);
  return typeof value === "string" ? value : "";
}
