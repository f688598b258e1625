// SPDX-License-Identifier: Apache-2.0
// Rules in words, for somebody who never read Cedar: whom a rule is for, and what each of its conditions asks. The Cedar text
// stands beside them wherever exactness counts.
import type { ActionScope, EntityOrSlot, Expr, Policy, Scope } from "../cedar/policy.ts";
import { CedarSet, EntityUid, type Value } from "../cedar/value.ts";
import { isPath } from "./clauses.ts";
import { exprText, valueText } from "./print.ts";

/** Members of the default context and of entities, as people say them. */
const NAMES: Readonly<Record<string, string>> = {
  "context.phase": "the moment",
  "context.facet": "what is judged",
  "context.now": "the time",
  "context.server": "the server",
  "context.tool": "the tool",
  "context.mandate.covers": "the mandate covers this call",
  "context.mandate.labelMax": "the highest level of data that the mandate allows",
  "context.mandate.purpose": "the purpose of the mandate",
  "context.mandate.verbs": "the verbs of the mandate",
  "context.mandate.jurisdictions": "the jurisdictions of the mandate",
  "context.auth.age": "the seconds since it proved itself",
  "context.auth.assurance": "how surely it proved itself",
  "context.data.flow.level": "the level of the data that moves now",
  "context.data.flow.categories": "the kinds of data that move now",
  "context.data.flow.jurisdictions": "the jurisdictions of the data that moves now",
  "context.data.context.level": "the highest level that the task has seen",
  "context.data.context.categories": "the kinds of data that the task has seen",
  "context.destination.kind": "where its arguments go",
  "context.destination.jurisdiction": "the jurisdiction where its arguments go",
  "context.destination.listed": "where its arguments go is listed",
  "context.origin.broken": "the arguments whose value came from somebody who may not choose it",
  "context.origin.lowest": "the least trusted source of its arguments",
  "context.transfer.verdict": "what the rules of transfers say",
  "context.transfer.crossing": "data would cross a border",
};

const COMPARED: Readonly<Record<string, string>> = {
  "==": "is",
  "!=": "is not",
  "<": "is below",
  "<=": "is at most",
  ">": "is above",
  ">=": "is at least",
  in: "is, or lies in,",
  contains: "include",
  containsAll: "include all of",
  containsAny: "include one of",
};

/** Whom and what a rule is for. */
export function scopeWords({ principal, action, resource }: Policy): string {
  return `${whoText(principal)}, to ${actionText(action)}, ${whatText(resource)}`;
}

function whoText(scope: Scope): string {
  if (scope.op === "all") return "whoever asks";
  if (scope.op === "is")
    return scope.in === undefined ? `every ${scope.type}` : `every ${scope.type} of ${placeText(scope.in)}`;
  return scope.op === "==" ? `only ${placeText(scope.entity)}` : `whoever is of ${placeText(scope.entity)}`;
}

function whatText(scope: Scope): string {
  if (scope.op === "all") return "whatever it is";
  if (scope.op === "is")
    return scope.in === undefined ? `any ${scope.type}` : `any ${scope.type} in ${placeText(scope.in)}`;
  return scope.op === "==" ? `only ${placeText(scope.entity)}` : `what lies in ${placeText(scope.entity)}`;
}

function placeText(place: EntityOrSlot): string {
  return place instanceof EntityUid ? `${place.type} ${place.id}` : "whatever is linked";
}

function actionText(action: ActionScope): string {
  if (action.op === "all") return "do anything";
  if (action.op === "==") return action.entity.id;
  return action.entities.map(({ id }) => (Object.hasOwn(GROUPS, id) ? GROUPS[id] : id)).join(" or ");
}

/** Groups of verbs in the default schema, as something that one does. */
const GROUPS: Readonly<Record<string, string>> = {
  effect: "do what has an effect",
  egress: "send something out",
  keep: "keep something",
};

/** What one condition asks. */
export function conditionWords(expr: Expr): string {
  if (expr.kind === "and") return expr.operands.map(conditionWords).join(", and ");
  if (expr.kind === "or") return `either ${expr.operands.map(conditionWords).join(", or ")}`;
  if (expr.kind === "unary" && expr.op === "isEmpty") return `there are none of ${thingWords(expr.arg)}`;
  if (expr.kind === "unary" && expr.op === "!") return notWords(expr.arg);
  return expr.kind === "binary" ? comparedWords(expr) : testWords(expr);
}

function notWords(expr: Expr): string {
  if (expr.kind === "unary" && expr.op === "isEmpty") return `there are some of ${thingWords(expr.arg)}`;
  return `it is not so that ${conditionWords(expr)}`;
}

/** A bare attribute is a truth by itself; what has no words of its own is said as Cedar says it. */
function testWords(expr: Expr): string {
  switch (expr.kind) {
    case "has":
      return `${thingWords(expr.left)} has ${expr.path.join(".")}`;
    case "is":
      return typeWords(expr);
    case "if":
      return `${conditionWords(expr.yes)} where ${conditionWords(expr.test)}, and otherwise ${conditionWords(expr.no)}`;
    case "get":
    case "var":
    case "value":
    case "set":
      return thingWords(expr);
    case "and":
    case "or":
    case "unary":
    case "binary":
    case "like":
    case "record":
    case "call":
      return exprText(expr);
    default:
      return expr satisfies never;
  }
}

function typeWords({ left, type, in: place }: Extract<Expr, { kind: "is" }>): string {
  return `${thingWords(left)} is of type ${type}${place === undefined ? "" : ` in ${thingWords(place)}`}`;
}

function comparedWords(expr: Extract<Expr, { kind: "binary" }>): string {
  const compared = COMPARED[expr.op];
  return compared === undefined ? exprText(expr) : `${thingWords(expr.left)} ${compared} ${thingWords(expr.right)}`;
}

function thingWords(expr: Expr): string {
  if (expr.kind === "var") return variableWords(expr.name);
  if (expr.kind === "value") return valueWords(expr.value);
  if (expr.kind === "set") return expr.items.map(thingWords).join(" or ");
  return isPath(expr) ? pathWords(exprText(expr)) : exprText(expr);
}

function variableWords(name: string): string {
  if (name === "principal") return "whoever asks";
  if (name === "resource") return "what is asked for";
  return name === "action" ? "what is to be done" : "what is known of the call";
}

/** `principal.environment` is `the environment of whoever asks`. */
export function pathWords(path: string): string {
  const known = NAMES[path];
  if (known !== undefined) return known;
  const [first = "", ...rest] = path.split(".");
  const name = rest.join(" ");
  return first === "context" ? `the ${name} of the call` : `the ${name} of ${variableWords(first)}`;
}

function valueWords(value: Value): string {
  if (typeof value === "string") return value === "" ? "nothing" : `"${value}"`;
  if (value instanceof EntityUid) return `${value.type} ${value.id}`;
  if (value instanceof CedarSet) return value.items.map(valueWords).join(" or ");
  return valueText(value);
}
