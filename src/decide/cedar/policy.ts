// SPDX-License-Identifier: Apache-2.0
// A policy as a tree: what Cedar's parser hands over as JSON, with names and shapes checked once.
import type { Pattern } from "./pattern.ts";
import type { EntityUid, Value } from "./value.ts";

export type SlotName = "?principal" | "?resource";
export type Variable = "principal" | "action" | "resource" | "context";

/** An entity, or the place in a template where a link puts one. */
export type EntityOrSlot = EntityUid | SlotName;

/** The `principal` or `resource` part of a scope. */
export type Scope =
  | { readonly op: "all" }
  | { readonly op: "==" | "in"; readonly entity: EntityOrSlot }
  | { readonly op: "is"; readonly type: string; readonly in?: EntityOrSlot };

export type ActionScope =
  | { readonly op: "all" }
  | { readonly op: "=="; readonly entity: EntityUid }
  | { readonly op: "in"; readonly entities: readonly EntityUid[] };

export interface Policy {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly principal: Scope;
  readonly action: ActionScope;
  readonly resource: Scope;
  readonly conditions: readonly { readonly kind: "when" | "unless"; readonly body: Expr }[];
  /** An annotation without a value is `null`. */
  readonly annotations: ReadonlyMap<string, string | null>;
}

export const UNARY = ["!", "neg", "isEmpty"] as const;
export const BINARY = [
  "==",
  "!=",
  "in",
  "<",
  "<=",
  ">",
  ">=",
  "+",
  "-",
  "*",
  "contains",
  "containsAll",
  "containsAny",
  "getTag",
  "hasTag",
] as const;
export type UnaryOp = (typeof UNARY)[number];
export type BinaryOp = (typeof BINARY)[number];

export type Expr =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "var"; readonly name: Variable }
  | { readonly kind: "unary"; readonly op: UnaryOp; readonly arg: Expr }
  | { readonly kind: "binary"; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr }
  /** A whole chain, so that no evaluation is as deep as a policy is long. */
  | { readonly kind: "and" | "or"; readonly operands: readonly Expr[] }
  | { readonly kind: "get"; readonly left: Expr; readonly attribute: string }
  | { readonly kind: "has"; readonly left: Expr; readonly path: readonly string[] }
  | { readonly kind: "like"; readonly left: Expr; readonly pattern: Pattern }
  | { readonly kind: "is"; readonly left: Expr; readonly type: string; readonly in?: Expr }
  | { readonly kind: "if"; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: "set"; readonly items: readonly Expr[] }
  | { readonly kind: "record"; readonly members: ReadonlyMap<string, Expr> }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expr[] };

/** The expressions that one is made of. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "value":
    case "var":
      return [];
    case "unary":
      return [expr.arg];
    case "binary":
      return [expr.left, expr.right];
    case "and":
    case "or":
      return expr.operands;
    case "get":
    case "has":
    case "like":
      return [expr.left];
    case "is":
      return [expr.left, expr.in].filter((part) => part !== undefined);
    case "if":
      return [expr.test, expr.yes, expr.no];
    case "set":
      return expr.items;
    case "record":
      return [...expr.members.values()];
    case "call":
      return expr.args;
    default:
      return expr satisfies never;
  }
}
