// SPDX-License-Identifier: Apache-2.0
// What is wrong with policies that are well-formed Cedar: our own rules (D18, D19), then the validator's in strict mode.
import { isJsonArray, type Json, member, type Problem } from "../../core/index.ts";
import type { CedarParser } from "../cedar/parser.ts";
import { type Expr, partsOf } from "../cedar/policy.ts";
import { askParser, messageOf, type Passage, problemOf } from "./ask.ts";
import type { ParsedPolicy } from "./parse.ts";
import { type Complaint, problemAt } from "./source.ts";

/** Policies that are validated in one call, so that a large bundle stays far from the parser's deadline. */
const VALIDATE_AT_ONCE = 50;

/** Ours. */
export function lint(policies: readonly ParsedPolicy[]): readonly Problem[] {
  const first = new Map<string, ParsedPolicy>();
  return policies.flatMap((parsed) => {
    const complaints = [...unscoped(parsed), ...actionEquals(parsed)];
    const same = first.get(parsed.notes.id);
    if (same !== undefined)
      complaints.push({
        code: "duplicate_id",
        text: `the id ${parsed.notes.id} stands already in ${same.file.path}`,
        fix: "give each policy an id of its own",
      });
    first.set(parsed.notes.id, parsed);
    return complaints.map((complaint) => problemAt(parsed.file, parsed.start, accepted(parsed, complaint)));
  });
}

/** Cedar's. Policies need an id of their own by now. */
export async function validate(
  policies: readonly ParsedPolicy[],
  schema: Passage,
  parser: CedarParser,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (let at = 0; at < policies.length; at += VALIDATE_AT_ONCE) {
    const some = policies.slice(at, at + VALIDATE_AT_ONCE);
    const texts = Object.fromEntries(some.map((parsed) => [parsed.notes.id, parsed.text]));
    const asked = await askParser(parser, { op: "validate", schema: schema.text, policies: texts }, schema);
    if ("problems" in asked) return asked.problems;
    const byId = new Map(some.map((parsed) => [parsed.notes.id, parsed]));
    for (const [kind, { id, error }] of findings(asked.answer)) {
      const parsed = byId.get(id);
      problems.push(
        parsed === undefined
          ? problemOf(error, schema, { code: "validation_error" })
          : problemOf(error, parsed, accepted(parsed, complaintOf(kind, error, parsed))),
      );
    }
  }
  return distinct(problems);
}

/** The validator says the same of every action that a policy reaches, in no order; a person reads it once. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const sorted = problems.toSorted(
    (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.text, b.text),
  );
  return [...new Map(sorted.toReversed().map((problem) => [placeOf(problem), problem])).values()].toReversed();
}

function placeOf({ file, line, column, code }: Problem): string {
  return `${file}:${line}:${column}:${code}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

type Finding = readonly ["error" | "warning", { readonly id: string; readonly error: Json | undefined }];

function findings(answer: Json): readonly Finding[] {
  const of = (kind: "error" | "warning", name: string): readonly Finding[] => {
    const list = member(answer, name);
    return (isJsonArray(list) ? list : []).map((entry) => {
      const id = member(entry, "policyId");
      return [kind, { id: typeof id === "string" ? id : "", error: member(entry, "error") }];
    });
  };
  return [...of("error", "validationErrors"), ...of("warning", "validationWarnings")];
}

/** The validator has no codes, only sentences. A warning that is not known here blocks. */
function complaintOf(kind: "error" | "warning", error: Json | undefined, { policy }: ParsedPolicy): Complaint {
  const text = messageOf(error);
  if (kind === "error") return { code: "validation_error", text };
  if (text.includes("policy is impossible"))
    return {
      code: `impossible_${policy.effect}`,
      text,
      fix: "mend its scope or its conditions: as they stand, they never hold",
      blocking: policy.effect === "forbid",
    };
  if (text.includes("unable to find an applicable action"))
    return { code: "no_applicable_action", text, fix: "name an action that applies to these principals and resources" };
  if (text.includes("BIDI"))
    return { code: "bidi_characters", text, fix: "remove them: what is read is not what is compared" };
  const confusable = CONFUSABLE.find(([words]) => text.includes(words));
  if (confusable === undefined) return { code: "validation_warning", text };
  const [, code] = confusable;
  return { code, text, fix: `spell it in one script, or write @accept("${code}") where it is meant` };
}

/** Names that look like other names. */
const CONFUSABLE = [
  ["mixed scripts", "mixed_script"],
  ["not a printable ASCII", "unusual_character"],
] as const;

/** What the author accepts is still told, but does not block. */
function accepted({ notes }: ParsedPolicy, complaint: Complaint): Complaint {
  return notes.accept.has(complaint.code) ? { ...complaint, blocking: false } : complaint;
}

function unscoped({ policy }: ParsedPolicy): readonly Complaint[] {
  const { effect, principal, action, resource } = policy;
  if (effect !== "permit" || principal.op !== "all" || action.op !== "all" || resource.op !== "all") return [];
  return [
    {
      code: "unscoped_permit",
      text: "this permits everything to everybody wherever its conditions hold",
      fix: 'name a principal, an action or a resource, or write @accept("unscoped_permit")',
    },
  ];
}

function actionEquals({ policy }: ParsedPolicy): readonly Complaint[] {
  if (policy.effect !== "forbid") return [];
  const narrow = policy.action.op === "==" || policy.conditions.some(({ body }) => comparesAction(body));
  if (!narrow) return [];
  return [
    {
      code: "forbid_action_eq",
      text: "a forbid with `action ==` misses every action below the one it names",
      fix: "write `action in`",
    },
  ];
}

function comparesAction(expr: Expr): boolean {
  if (expr.kind === "binary" && (expr.op === "==" || expr.op === "!="))
    if ([expr.left, expr.right].some((side) => side.kind === "var" && side.name === "action")) return true;
  return partsOf(expr).some(comparesAction);
}
