// SPDX-License-Identifier: Apache-2.0
// What is done about a finding, as data (`policies/respond/certain.yaml`, respond R1-R4), and who may order it. A rule only
// proposes; the table and the limits say whether nobody has to be asked.
import { parse } from "yaml";
import { z } from "zod";
import {
  DETECTORS,
  type DetectorId,
  type Finding,
  SCOPE_KINDS,
  type ScopeKey,
  type ScopeKind,
  stricterEffect,
} from "../../core/index.ts";
import { RespondError } from "../errors.ts";
import type { OrderEffect } from "./order.ts";

/** Who may order what a rule proposes. */
const ASKED = ["automatic", "certain", "limits", "one", "two"] as const;
export type Asked = (typeof ASKED)[number];

const EFFECTS = ["throttle", "challenge", "read-only", "isolate"] as const;
const effect = z.enum(EFFECTS);
const kind = z.enum(SCOPE_KINDS);

interface Rule {
  readonly id: string;
  readonly when: { readonly detector: DetectorId; readonly codes?: readonly string[] };
  readonly do: { readonly effect: OrderEffect; readonly scopes: readonly ScopeKind[] };
  readonly mode: "automatic" | "recommend";
  readonly because: string;
}

const rule: z.ZodType<Rule> = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  when: z.strictObject({ detector: z.enum(DETECTORS), codes: z.array(z.string()).min(1).exactOptional() }),
  do: z.strictObject({ effect, scopes: z.array(kind).min(1) }),
  mode: z.enum(["automatic", "recommend"]),
  because: z.string().min(1).max(200),
});
const file = z.strictObject({
  schema: z.literal("bailiwick-respond/1"),
  table: z.array(
    z.strictObject({
      scopes: z.array(kind).min(1),
      effects: z.record(effect, z.enum(ASKED)),
    }),
  ),
  rules: z.array(rule),
});

export interface ResponseRules {
  readonly rules: readonly Rule[];
  /** Two people, where the table does not say. */
  readonly asked: (effect: OrderEffect, kind: ScopeKey["kind"]) => Asked;
}

/** What a finding calls for. `act`: nobody is asked. Otherwise `why` says who must be, and `challenge` is what is done meanwhile. */
export interface Proposal {
  readonly rule: string;
  readonly effect: OrderEffect;
  readonly scopes: readonly ScopeKey[];
  readonly because: string;
  readonly act: boolean;
  readonly why?: string;
  readonly meanwhile?: "challenge";
}

/** Reads the text of a file of rules. @throws RespondError RESPOND_RULES_INVALID naming the member */
export function readResponseRules(name: string, text: string): ResponseRules {
  const invalid = (why: string, cause?: unknown): RespondError =>
    new RespondError("RESPOND_RULES_INVALID", `reading response rules ${name}: ${why}`, { cause });
  let parsed: ReturnType<typeof file.safeParse>;
  try {
    parsed = file.safeParse(parse(text, { uniqueKeys: true, maxAliasCount: 0 }));
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : "not YAML", cause);
  }
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
  }
  const { rules, table } = parsed.data;
  const twice = rules.find(({ id }, i) => rules.findIndex((other) => other.id === id) !== i);
  if (twice !== undefined) throw invalid(`two rules are called ${twice.id}`);
  const cells = new Map(
    table.flatMap(({ scopes, effects }) =>
      scopes.flatMap((scope) => Object.entries(effects).map(([name_, asked]) => [`${name_} ${scope}`, asked] as const)),
    ),
  );
  return { rules, asked: (wanted, scope) => cells.get(`${wanted} ${scope}`) ?? "two" };
}

/** How many identities would stop working, and how many may without anybody being asked. */
export interface Reach {
  identities(scope: ScopeKey): number;
  readonly most: number;
  /** So many automatic orders came lately that they may be somebody's weapon (respond R4). */
  readonly flooded: boolean;
}

/** What a finding calls for; `undefined` where no rule names it, so that a person looks at it as it is. */
export function proposalFor(finding: Finding, { rules, asked }: ResponseRules, reach: Reach): Proposal | undefined {
  const [found] = rules
    .filter((one) => isAbout(one, finding) && scopesOf(one, finding).length > 0)
    .toSorted((a, b) =>
      a.do.effect === b.do.effect ? 0 : stricterEffect(a.do.effect, b.do.effect) === a.do.effect ? -1 : 1,
    );
  if (found === undefined) return undefined;
  const scopes = scopesOf(found, finding);
  const proposal = { rule: found.id, effect: found.do.effect, scopes, because: found.because };
  if (found.mode === "recommend") return waiting(proposal, "the rule says that a person decides", asked);
  if (reach.flooded && found.do.effect === "isolate")
    return waiting(proposal, "more was stopped by itself lately than may be: a person decides", asked);
  for (const scope of scopes) {
    const who = asked(found.do.effect, scope.kind);
    if (who === "one" || who === "two")
      return waiting(proposal, `${who} must order ${found.do.effect} on ${scope.kind}`, asked);
    const many = reach.identities(scope);
    if (who !== "automatic" && many > reach.most)
      return waiting(proposal, `${many} identities would stop, over the ${reach.most} that may by themselves`, asked);
  }
  return { ...proposal, act: true };
}

/** Waiting must be safe: what would be isolated is challenged until somebody decides, where that needs nobody (respond R3). */
function waiting(
  proposal: Omit<Proposal, "act" | "why" | "meanwhile">,
  why: string,
  asked: ResponseRules["asked"],
): Proposal {
  const mayChallenge = proposal.scopes.every(({ kind: scope }) => asked("challenge", scope) === "automatic");
  const isStronger = proposal.effect === "isolate" || proposal.effect === "read-only";
  return { ...proposal, act: false, why, ...(mayChallenge && isStronger ? { meanwhile: "challenge" } : {}) };
}

function isAbout({ when }: Rule, { detector, code }: Finding): boolean {
  return when.detector === detector && (when.codes === undefined || when.codes.includes(code));
}

/** The scopes that the rule names, as far as the finding knows them. */
function scopesOf({ do: { scopes } }: Rule, finding: Finding): readonly ScopeKey[] {
  return scopes.flatMap((wanted) => finding.scopes.find((scope) => scope.kind === wanted) ?? []);
}
