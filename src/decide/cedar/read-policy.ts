// SPDX-License-Identifier: Apache-2.0
// Reads Cedar's policy JSON. What this version does not know stops the load (D2): an expression that is skipped would make
// a forbid silent.
import { isJsonArray, isJsonObject, type Json, type JsonObject, member, quote } from "../../core/index.ts";
import { DecideError } from "../errors.ts";
import { Fault } from "./fault.ts";
import { FUNCTIONS } from "./functions.ts";
import { isJsonNumber, longOfJson } from "./long.ts";
import type { Pattern } from "./pattern.ts";
import {
  type ActionScope,
  BINARY,
  type EntityOrSlot,
  type Expr,
  type Policy,
  type Scope,
  type SlotName,
  UNARY,
  type Variable,
} from "./policy.ts";
import { EntityUid } from "./value.ts";

/** @throws DecideError DECIDE_EXPRESSION_UNSUPPORTED */
export function readPolicy(id: string, json: Json): Policy {
  const effect = text(member(json, "effect"));
  if (effect !== "permit" && effect !== "forbid") throw unsupported(`effect ${quote(effect)}`);
  return {
    id,
    effect,
    principal: readScope(member(json, "principal"), "?principal"),
    action: readActionScope(member(json, "action")),
    resource: readScope(member(json, "resource"), "?resource"),
    conditions: list(member(json, "conditions")).map(readCondition),
    annotations: new Map(
      entries(member(json, "annotations") ?? {}).map(([key, v]) => [key, v === null ? null : text(v)]),
    ),
  };
}

function readScope(json: Json | undefined, slot: SlotName): Scope {
  const op = text(member(json, "op"));
  switch (op) {
    case "All":
      return { op: "all" };
    case "==":
    case "in":
      return { op, entity: entityOrSlot(json, slot) };
    case "is": {
      const type = text(member(json, "entity_type"));
      const inside = member(json, "in");
      return inside === undefined ? { op, type } : { op, type, in: entityOrSlot(inside, slot) };
    }
    default:
      throw unsupported(`scope ${quote(op)}`);
  }
}

function readActionScope(json: Json | undefined): ActionScope {
  const op = text(member(json, "op"));
  if (op === "All") return { op: "all" };
  const one = member(json, "entity");
  if (op === "==") return { op, entity: readUid(one) };
  if (op === "in")
    return { op, entities: one === undefined ? list(member(json, "entities")).map(readUid) : [readUid(one)] };
  throw unsupported(`action scope ${quote(op)}`);
}

function entityOrSlot(json: Json | undefined, expected: SlotName): EntityOrSlot {
  const slot = member(json, "slot");
  if (slot === undefined) return readUid(member(json, "entity"));
  if (slot !== expected) throw unsupported("slot outside its own part of the scope");
  return expected;
}

/** `{type, id}`, bare or as `{"__entity": ..}`. */
function readUid(json: Json | undefined): EntityUid {
  const uid = member(json, "__entity") ?? json;
  return new EntityUid(text(member(uid, "type")), text(member(uid, "id")));
}

function readCondition(json: Json): Policy["conditions"][number] {
  const kind = text(member(json, "kind"));
  if (kind !== "when" && kind !== "unless") throw unsupported(`condition ${quote(kind)}`);
  return { kind, body: readExpr(member(json, "body")) };
}

function readExpr(json: Json | undefined): Expr {
  const [only, ...more] = entries(json);
  if (only === undefined || more.length > 0) throw unsupported("expression without exactly one kind");
  const [kind, body] = only;
  const read = READERS.get(kind);
  if (read !== undefined) return read(body);
  if (!FUNCTIONS.has(kind)) throw unsupported(`expression ${quote(kind)}`);
  return { kind: "call", name: kind, args: list(body).map(readExpr) };
}

const READERS: ReadonlyMap<string, (body: Json) => Expr> = new Map<string, (body: Json) => Expr>([
  ["Value", readValue],
  ["Var", (body) => ({ kind: "var", name: variable(text(body)) })],
  ...UNARY.map(
    (op) => [op, (body: Json) => ({ kind: "unary", op, arg: readExpr(member(body, "arg")) }) as const] as const,
  ),
  ...BINARY.map((op) => [op, (body: Json) => ({ kind: "binary", op, ...readSides(body) }) as const] as const),
  ["&&", (body) => ({ kind: "and", operands: readChain("&&", body) })],
  ["||", (body) => ({ kind: "or", operands: readChain("||", body) })],
  [".", (body) => ({ kind: "get", left: readExpr(member(body, "left")), attribute: text(member(body, "attr")) })],
  ["has", readHas],
  ["like", (body) => ({ kind: "like", left: readExpr(member(body, "left")), pattern: readPattern(body) })],
  ["is", readIs],
  [
    "if-then-else",
    (body) => ({
      kind: "if",
      test: readExpr(member(body, "if")),
      yes: readExpr(member(body, "then")),
      no: readExpr(member(body, "else")),
    }),
  ],
  ["Set", (body) => ({ kind: "set", items: list(body).map(readExpr) })],
  ["Record", (body) => ({ kind: "record", members: new Map(entries(body).map(([name, v]) => [name, readExpr(v)])) })],
]);

function readValue(json: Json): Expr {
  if (typeof json === "boolean" || typeof json === "string") return { kind: "value", value: json };
  if (isJsonNumber(json)) {
    const value = longOfJson(json);
    if (value instanceof Fault) throw unsupported("number that is no 64-bit integer");
    return { kind: "value", value };
  }
  return { kind: "value", value: readUid(json) };
}

function variable(name: string): Variable {
  if (name === "principal" || name === "action" || name === "resource" || name === "context") return name;
  throw unsupported(`variable ${quote(name)}`);
}

function readSides(body: Json): { readonly left: Expr; readonly right: Expr } {
  return { left: readExpr(member(body, "left")), right: readExpr(member(body, "right")) };
}

/** The operands of `a && b && c`, which the parser nests to the left, however it was bracketed. */
function readChain(op: "&&" | "||", body: Json): readonly Expr[] {
  const operands: Expr[] = [];
  const open: (Json | undefined)[] = [member(body, "right"), member(body, "left")];
  while (open.length > 0) {
    const next = open.pop();
    const inner = member(next, op);
    if (inner === undefined) operands.push(readExpr(next));
    else open.push(member(inner, "right"), member(inner, "left"));
  }
  return operands;
}

function readHas(body: Json): Expr {
  const attribute = member(body, "attr");
  const path = isJsonArray(attribute) ? attribute.map(text) : [text(attribute)];
  return { kind: "has", left: readExpr(member(body, "left")), path };
}

function readIs(body: Json): Expr {
  const left = readExpr(member(body, "left"));
  const type = text(member(body, "entity_type"));
  const inside = member(body, "in");
  return inside === undefined ? { kind: "is", left, type } : { kind: "is", left, type, in: readExpr(inside) };
}

function readPattern(body: Json): Pattern {
  const pieces = [""];
  for (const element of list(member(body, "pattern"))) {
    if (element === "Wildcard") pieces.push("");
    else pieces.push(`${pieces.pop() ?? ""}${text(member(element, "Literal"))}`);
  }
  return pieces;
}

function text(json: Json | undefined): string {
  if (typeof json !== "string") throw unsupported("member that is no text");
  return json;
}

function list(json: Json | undefined): readonly Json[] {
  if (!isJsonArray(json)) throw unsupported("member that is no list");
  return json;
}

function entries(json: Json | undefined): readonly (readonly [string, Json])[] {
  if (!isJsonObject(json)) throw unsupported("member that is no object");
  return Object.entries<Json>(json satisfies JsonObject);
}

function unsupported(what: string): DecideError {
  return new DecideError(
    "DECIDE_EXPRESSION_UNSUPPORTED",
    `reading policy JSON: ${what} is not evaluated by this version`,
  );
}
