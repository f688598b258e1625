// SPDX-License-Identifier: Apache-2.0
// The first draft of a manifest from what a server says of its tools (enforce E14). What it says is a claim: a hint may
// make the draft stricter, and looser only where the tool's name and its arguments agree. A person reads it and decides.
import { isJsonArray, isJsonObject, type Json, member, type Role } from "../core/index.ts";
import type { ArgumentStatement, ToolStatement } from "./config.ts";

const READING = words("count describe find get head info list lookup read search show stat status tail tree view");
const ACTING =
  words(`add append apply approve archive call cancel close commit copy create deploy delete disable drop edit
  enable exec execute export fetch grant import insert install invoke kill merge modify move open patch pay post publish
  purge push put remove rename replace reset restore revoke run send set share start stop submit subscribe sync transfer
  trigger truncate update upload upsert write`);
const RECIPIENT = words("bcc cc channel email mail phone recipient recipients to");
const ADDRESS = words("address callback domain endpoint host hostname href ip link uri url urls webhook");
const SECRET = words("apikey credential credentials passphrase password secret token");
const RECIPIENT_FORMATS = words("email idn-email");
const ADDRESS_FORMATS = words("hostname idn-hostname ipv4 ipv6 iri iri-reference uri uri-reference uri-template");
const LOOKS: Readonly<Record<string, Role>> = { boolean: "control", integer: "amount", number: "amount" };

/** Controls, format characters, lone surrogates, line ends: whoever reads the file would not see the name that is meant. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

export interface DraftedTool {
  readonly name: string;
  readonly statement: ToolStatement;
  /** What it says of itself, as it came: nobody has looked at it. */
  readonly says: string;
  /** Arguments whose names a manifest cannot hold: a call that gives one is refused. */
  readonly left: readonly string[];
}

/** One element of a `tools/list` answer (MCP 2025-11-25, server/tools); `undefined` where it has no usable name. */
export function draftTool(listed: Json): DraftedTool | undefined {
  const name = member(listed, "name");
  if (typeof name !== "string" || name === "" || name.length > 128 || UNSEEN.test(name)) return undefined;
  const schema = member(listed, "inputSchema");
  const properties = member(schema, "properties");
  const given = isJsonObject(properties) ? Object.entries(properties) : [];
  const required = member(schema, "required");
  const must = new Set(isJsonArray(required) ? required : []);
  const drafted = given.map(([key, property]) => draftArgument(key, property, must.has(key)));
  const reads = saysItReads(listed) && hasReadingName(name) && drafted.every(({ plain }) => plain);
  const says = member(listed, "description");
  return {
    name,
    statement: {
      verb: reads ? "view" : "execute",
      effect: reads ? "none" : "irreversible",
      args: Object.fromEntries(
        drafted
          .filter(({ key }) => isNameable(key))
          .map(({ key, statement }) => [key, reads ? bound(statement) : statement]),
      ),
    },
    says: typeof says === "string" ? says : "",
    left: drafted.filter(({ key }) => !isNameable(key)).map(({ key }) => key),
  };
}

interface DraftedArgument {
  readonly key: string;
  readonly statement: ArgumentStatement;
  /** Neither an address, nor a secret, nor anything with members of its own that could hold one. */
  readonly plain: boolean;
}

function draftArgument(name: string, property: Json, required: boolean): DraftedArgument {
  const list = typeOf(property) === "array";
  const shape = list ? (member(property, "items") ?? null) : property;
  const role = named(name, shape) ?? LOOKS[typeOf(shape) ?? ""] ?? "target";
  const isPlain = typeOf(shape) === "string" || typeOf(shape) === "boolean" || role === "amount";
  return {
    key: list ? `${name}[]` : name,
    statement: { role, ...(required ? { required } : {}) },
    plain: isPlain && named(name, shape) === undefined,
  };
}

/** A number that a reading tool takes says how much of it, and pays nobody. */
function bound(statement: ArgumentStatement): ArgumentStatement {
  return statement.role === "amount" ? { ...statement, role: "limit" } : statement;
}

/** What its name or its format gives away. */
function named(name: string, shape: Json): Role | undefined {
  const format = member(shape, "format");
  const has = (set: ReadonlySet<string>): boolean => tokens(name).some((token) => set.has(token));
  const formatted = (set: ReadonlySet<string>): boolean => typeof format === "string" && set.has(format);
  if (has(SECRET)) return "credential";
  if (has(RECIPIENT) || formatted(RECIPIENT_FORMATS)) return "recipient";
  if (has(ADDRESS) || formatted(ADDRESS_FORMATS)) return "url";
  return undefined;
}

/** The one type that a value may have beside null; `undefined` where several may be meant. */
function typeOf(schema: Json): string | undefined {
  const type = member(schema, "type");
  const types = (isJsonArray(type) ? type : [type]).filter((one) => one !== "null");
  const [only] = types;
  return types.length === 1 && typeof only === "string" ? only : undefined;
}

function saysItReads(listed: Json): boolean {
  const hints = member(listed, "annotations");
  const says = (hint: string): boolean => member(hints, hint) === true;
  return says("readOnlyHint") && !says("destructiveHint") && !says("openWorldHint");
}

function hasReadingName(name: string): boolean {
  const parts = tokens(name);
  return parts.some((part) => READING.has(part)) && !parts.some((part) => ACTING.has(part));
}

/** `readFile2`, `read_file-2` and `read.file 2` are the same words. */
function tokens(name: string): readonly string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((token) => token.toLowerCase());
}

function isNameable(key: string): boolean {
  return /^[^[\]]+(\[\])?$/.test(key) && !UNSEEN.test(key);
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
