// SPDX-License-Identifier: Apache-2.0
// One Pratt parser for the expressions of rows and kinds (prove J5). Names, types and values are checked on the way, so that
// a tree that comes out of here can be evaluated without looking back.
import { quote } from "../../core/index.ts";
import type { Comparison, Expr, Literal, Measure, Region } from "./expression.ts";
import { type ExprProblem, type Token, tokensOf } from "./lexer.ts";
import type { FactWord, Names } from "./names.ts";

/** UNIT: nested parentheses and calls. A deeper expression is refused: nobody reads it. */
const DEPTH_MAX = 32;
/** UNIT: UTF-16 units. */
const LENGTH_MAX = 4_096;

export type Parsed = { readonly expr: Expr } | { readonly problem: ExprProblem };

/** Parses one expression whose names are those of `facts.yaml`. */
export function parseExpr(text: string, names: Names): Parsed {
  if (text.length > LENGTH_MAX) return { problem: { at: 0, text: `longer than ${LENGTH_MAX} characters` } };
  const tokens = tokensOf(text);
  if (!isTokens(tokens)) return { problem: tokens };
  try {
    const reader = createReader(tokens, names);
    const expr = reader.expression(0, 0);
    reader.end();
    return { expr };
  } catch (cause) {
    if (cause instanceof Refused) return { problem: cause.problem };
    throw cause;
  }
}

function isTokens(tokens: readonly Token[] | ExprProblem): tokens is readonly Token[] {
  return Array.isArray(tokens);
}

/** Leaves the parser at the first problem; never seen outside this file. */
class Refused extends Error {
  readonly problem: ExprProblem;
  constructor(problem: ExprProblem) {
    super(problem.text);
    this.problem = problem;
  }
}

type Reader = ReturnType<typeof createReader>;
const BINDS: Readonly<Record<string, number>> = { or: 1, and: 2 };
const NOT_BINDS = 3;

function createReader(tokens: readonly Token[], names: Names) {
  let next = 0;
  const peek = (): Token => tokens[next] ?? { kind: "end", text: "", at: 0 };
  const take = (): Token => {
    const token = peek();
    next += 1;
    return token;
  };
  const is = (...texts: readonly string[]): boolean => peek().kind !== "end" && texts.includes(peek().text);
  const expect = (text: string): Token => {
    if (!is(text)) refuse(peek(), `expected ${quote(text)}, found ${found(peek())}`);
    return take();
  };
  const reader = {
    names,
    peek,
    take,
    is,
    expect,
    end: (): void => {
      if (peek().kind !== "end")
        refuse(peek(), `expected the end, ${quote("and")} or ${quote("or")}, found ${found(peek())}`);
    },
    /** `least` is how strongly the word before binds: a weaker one ends the expression. */
    expression: (least: number, depth: number): Expr => {
      if (depth > DEPTH_MAX) refuse(peek(), `nested deeper than ${DEPTH_MAX}`);
      let left = prefix(reader, depth);
      for (let power = BINDS[peek().text] ?? 0; power > least; power = BINDS[peek().text] ?? 0) {
        left = chain(reader, left, power, depth);
      }
      return left;
    },
  };
  return reader;
}

/** `a and b and c` is one list; what stands in parentheses stays a list of its own. */
function chain(reader: Reader, first: Expr, power: number, depth: number): Expr {
  const type = reader.peek().text === "and" ? "and" : "or";
  const of = [first];
  while (reader.is(type)) {
    reader.take();
    of.push(reader.expression(power, depth + 1));
  }
  return { type, of };
}

function prefix(reader: Reader, depth: number): Expr {
  const token = reader.take();
  if (token.text === "not") return { type: "not", of: reader.expression(NOT_BINDS, depth + 1) };
  if (token.text === "(") {
    const inner = reader.expression(0, depth + 1);
    reader.expect(")");
    return inner;
  }
  if (token.kind !== "word" || RESERVED.has(token.text)) refuse(token, `expected a condition, found ${found(token)}`);
  if (token.text === "subjects") return comparison(reader, token, { type: "subjects" });
  return reader.is("(") ? call(reader, token, depth) : fact(reader, token);
}

const RESERVED: ReadonlySet<string> = new Set(["and", "or", "in"]);

function call(reader: Reader, name: Token, depth: number): Expr {
  reader.expect("(");
  switch (name.text) {
    case "role":
    case "kind":
    case "free_zone":
      return named(reader, name.text);
    case "est":
    case "serves":
    case "op":
    case "juris":
    case "resident": {
      const area = region(reader);
      reader.expect(")");
      return { type: name.text, region: area };
    }
    case "people": {
      const area = region(reader);
      reader.expect(")");
      return comparison(reader, name, { type: "people", region: area });
    }
    case "max_people": {
      const at = place(reader);
      reader.expect("states");
      reader.expect(")");
      return comparison(reader, name, { type: "max_people", place: at });
    }
    case "at_least":
      return atLeast(reader, depth);
    default:
      return refuse(name, `there is no ${quote(`${name.text}(..)`)}`, `the calls are ${CALLS}`);
  }
}

const CALLS = "role, kind, free_zone, est, serves, op, juris, resident, people, max_people, at_least";

function named(reader: Reader, type: "role" | "kind" | "free_zone"): Expr {
  const id = reader.take();
  const known = { role: reader.names.roles, kind: reader.names.kinds }[type === "kind" ? "kind" : "role"];
  if (id.kind !== "word") refuse(id, `expected a name, found ${found(id)}`);
  if (type !== "free_zone" && !known.has(id.text)) {
    refuse(id, `no such ${type}: ${quote(id.text)}`, `the ${type}s are listed in facts.yaml`);
  }
  reader.expect(")");
  return { type, id: id.text };
}

function atLeast(reader: Reader, depth: number): Expr {
  const count = reader.take();
  const of: Expr[] = [];
  while (reader.is(";")) {
    reader.take();
    of.push(reader.expression(0, depth + 1));
  }
  const n = Number(count.text);
  if (count.kind !== "number" || !Number.isInteger(n)) refuse(count, `expected how many, found ${found(count)}`);
  if (n < 1 || n > of.length)
    refuse(count, `at least ${n} of ${of.length} is always the same`, "give more conditions, or fewer to reach");
  reader.expect(")");
  return { type: "at_least", n, of };
}

/** `EEA`, `EU27 - DE, AT`. */
function region(reader: Reader): Region {
  const base = place(reader);
  const without: string[] = [];
  if (reader.is("-")) {
    do {
      reader.take();
      without.push(place(reader));
    } while (reader.is(","));
  }
  return { place: base, without };
}

function place(reader: Reader): string {
  const token = reader.take();
  if (token.kind === "word" && reader.names.places.has(token.text)) return token.text;
  const fix = token.text.includes("-")
    ? `a place without another is written with spaces: ${token.text.replace("-", " - ")}`
    : undefined;
  return refuse(
    token,
    token.kind === "word" ? `no such place: ${quote(token.text)}` : `expected a place, found ${found(token)}`,
    fix,
  );
}

const COMPARISONS: readonly Comparison[] = ["=", "!=", "<", "<=", ">", ">="];

function fact(reader: Reader, name: Token): Expr {
  const known = reader.names.facts.get(name.text);
  if (known === undefined) refuse(name, `no such fact: ${quote(name.text)}`, "the facts are listed in facts.yaml");
  if (reader.is("in")) return membership(reader, name, known);
  if (reader.is(...COMPARISONS)) return comparison(reader, name, { type: "fact", fact: name.text }, known);
  if (known.type !== "bool")
    refuse(name, `${quote(name.text)} is ${a(known)}, and is neither true nor false`, "compare it");
  return { type: "fact", fact: name.text };
}

function comparison(reader: Reader, name: Token, left: Measure, known: FactWord = COUNT): Expr {
  const sign = reader.take();
  const by = COMPARISONS.find((one) => one === sign.text && sign.kind === "sign");
  if (by === undefined) return refuse(sign, `expected a comparison of ${quote(name.text)}, found ${found(sign)}`);
  if (known.type === "bool")
    refuse(sign, `${quote(name.text)} is true or false`, `write ${name.text} or not ${name.text}`);
  if (known.type === "enum" && by !== "=" && by !== "!=")
    refuse(sign, `the values of ${quote(name.text)} have no order`, "use = or in (..)");
  return { type: "compare", left, by, right: literal(reader, name, known) };
}

function membership(reader: Reader, name: Token, known: FactWord): Expr {
  if (known.type === "bool")
    refuse(reader.peek(), `${quote(name.text)} is true or false`, `write ${name.text} or not ${name.text}`);
  reader.take();
  reader.expect("(");
  const values: Literal[] = [];
  do {
    if (values.length > 0) reader.take();
    const token = reader.peek();
    const value = literal(reader, name, known);
    if (values.includes(value)) refuse(token, `${quote(token.text)} stands twice`);
    values.push(value);
  } while (reader.is(","));
  reader.expect(")");
  return { type: "in", fact: name.text, values };
}

function literal(reader: Reader, name: Token, known: FactWord): Literal {
  const token = reader.take();
  if (known.type === "enum") {
    if (token.kind === "word" && known.values?.includes(token.text) === true) return token.text;
    return refuse(
      token,
      `${found(token)} is no value of ${quote(name.text)}`,
      `its values are ${known.values?.join(", ") ?? ""}`,
    );
  }
  if (token.kind !== "number")
    refuse(token, `${quote(name.text)} is ${a(known)}, and is compared with a number, not with ${found(token)}`);
  if (known.type === "count" && !/^\d+$/.test(token.text))
    refuse(token, `${quote(name.text)} is counted in whole numbers`);
  return Number(token.text);
}

const COUNT: FactWord = { type: "count", ask: "" };

function a({ type }: FactWord): string {
  return { bool: "true or false", count: "a count", number: "a number", money: "an amount", enum: "one of a list" }[
    type
  ];
}

function found({ kind, text }: Token): string {
  return kind === "end" ? "the end" : quote(text);
}

function refuse({ at }: Token, text: string, fix?: string): never {
  throw new Refused({ at, text, ...(fix === undefined ? {} : { fix }) });
}
