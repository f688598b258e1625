// SPDX-License-Identifier: Apache-2.0
// What must hold of every set (D31, D32), tried on random ones. Stock Cedar is Cedar's own engine, given the same policies
// without their annotations.
import { ANSWERS, type Decider, type Decision, instant, type Question } from "../../src/core/index.ts";
import type { CedarParser } from "../../src/decide/cedar/parser.ts";
import { createDecider, type PolicyControl } from "../../src/decide/decider.ts";
import { seeded } from "../../src/decide/diff/draw.ts";
import { askCedar, REFUSED } from "../cedar/differential.ts";
import {
  DOMAIN,
  type Drawn,
  drawFrom,
  drawMember,
  evidenceFor,
  type Member,
  setOf,
  shuffled,
  strayEvidence,
} from "./draw.ts";
import { openPool, type Pool } from "./pool.ts";

/** How often each property was really put to the test: a premise that never holds proves nothing. */
export const PROPERTIES = [
  "allowMeansStockAllows",
  "stockAllowsMeansAllow",
  "forbidNeverRelaxes",
  "permitAddsNothing",
  "strayEvidenceChangesNothing",
  "orderChangesNothing",
] as const;
export type Property = (typeof PROPERTIES)[number];

export interface Tried {
  readonly sets: number;
  /** Sets with a link of a template. */
  readonly linked: number;
  /** Sets of which a policy erred. */
  readonly erring: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly held: Readonly<Record<Property, number>>;
  readonly failed: number;
  /** The first ones, a line each. */
  readonly failures: readonly string[];
}

const FAILURES_SHOWN = 20;

interface Tally {
  linked: number;
  erring: number;
  failed: number;
  readonly answers: Record<string, number>;
  readonly held: Record<Property, number>;
  readonly failures: string[];
}

type Stock = "allow" | "deny" | "refused";

interface Trial {
  readonly pool: Pool;
  readonly chance: () => number;
  readonly drawn: Drawn;
  readonly decision: Decision;
  /** What Cedar's own engine says. */
  readonly stock: () => Stock;
  readonly ask: (members: readonly Member[], question?: Question) => Decision;
}

export async function tryProperties(parser: CedarParser, sets: number, seed: number): Promise<Tried> {
  const pool = await openPool(parser, seed);
  const held = Object.fromEntries(PROPERTIES.map((name) => [name, 0])) as Record<Property, number>;
  const tally: Tally = { linked: 0, erring: 0, failed: 0, answers: {}, held, failures: [] };
  const decider = quietDecider(tally);
  for (let n = 0; n < sets; n += 1) {
    const chance = seeded(seed * 1_000_003 + n);
    const drawn = drawFrom(pool, chance);
    const ask = (members: readonly Member[], question = drawn.question): Decision => {
      decider.swap(DOMAIN, setOf(pool, members));
      return decider.decide(question);
    };
    let stockSaid: Stock | undefined;
    const stock = (): Stock => (stockSaid ??= stockSays(drawn));
    const trial: Trial = { pool, chance, drawn, ask, stock, decision: ask(drawn.members) };
    count(tally, trial);
    for (const name of PROPERTIES) {
      const holds = CHECKS[name](trial);
      if (holds === true) tally.held[name] += 1;
      else if (holds === false)
        fail(
          tally,
          `set ${n} of seed ${seed}: ${name}: ${JSON.stringify(drawn.members.map((m) => [m.rule.hit.tier, m.source]))} ${JSON.stringify(drawn.sample)}`,
        );
    }
  }
  return { sets, ...tally };
}

/** A fault inside counts as a failure, for the decider turns it into a no. */
function quietDecider(tally: Tally): Decider & PolicyControl {
  return createDecider({
    clock: { now: () => instant(0), monotonic: () => 0 },
    log: {
      fault: (code, fields) =>
        code === "DECIDE_INTERNAL" ? fail(tally, `${code} ${JSON.stringify(fields)}`) : undefined,
    },
  });
}

function fail(tally: Tally, line: string): void {
  tally.failed += 1;
  if (tally.failures.length < FAILURES_SHOWN) tally.failures.push(line);
}

function count(tally: Tally, { drawn, decision }: Trial): void {
  if (drawn.members.some(({ source }) => typeof source !== "string")) tally.linked += 1;
  if (decision.errors.length > 0) tally.erring += 1;
  const answer = decision.answer === "deny" ? `deny: ${decision.reason}` : decision.answer;
  tally.answers[answer] = (tally.answers[answer] ?? 0) + 1;
}

/** `undefined` where the premise does not hold. */
const CHECKS: Readonly<Record<Property, (trial: Trial) => boolean | undefined>> = {
  allowMeansStockAllows: ({ stock, decision }) => (decision.answer === "allow" ? stock() === "allow" : undefined),
  stockAllowsMeansAllow({ stock, decision }) {
    // who is not known, or asks with input that no schema takes, is refused before any policy is asked
    if (decision.answer === "deny" && !OF_POLICIES.has(decision.reason)) return undefined;
    if (decision.reason === "forbid_error" || stock() !== "allow") return undefined;
    return decision.answer === "allow";
  },
  forbidNeverRelaxes({ pool, chance, drawn, decision, ask }) {
    const more = drawMember(pool, chance, drawn.members.length, "forbid");
    const place = Math.floor(chance() * (drawn.members.length + 1));
    return rank(ask(drawn.members.toSpliced(place, 0, more))) >= rank(decision);
  },
  permitAddsNothing({ pool, chance, drawn, decision, ask }) {
    // where no permit held there was nothing to attach a duty to
    if (decision.reason === "no_permit") return undefined;
    const other = ask([...drawn.members, drawMember(pool, chance, drawn.members.length, "permit")]);
    return asked(other) === asked(decision);
  },
  strayEvidenceChangesNothing({ chance, drawn, decision, ask }) {
    const challenges = drawn.members.filter(({ rule }) => rule.challenge !== undefined);
    if (challenges.length === 0) return undefined;
    const strays = challenges.map(({ rule }) => strayEvidence(evidenceFor(drawn.question, rule.hit), chance));
    const other = ask(drawn.members, { ...drawn.question, evidence: [...strays, ...(drawn.question.evidence ?? [])] });
    return said(other) === said(decision);
  },
  orderChangesNothing({ chance, drawn, decision, ask }) {
    if (drawn.members.length < 2) return undefined;
    const other = ask(shuffled(drawn.members, chance));
    return inAnyOrder(other) === inAnyOrder(decision);
  },
};

const OF_POLICIES: ReadonlySet<Decision["reason"]> = new Set([
  "no_permit",
  "forbidden",
  "forbid_error",
  "obligation_unsupported",
]);

function stockSays({ members, sample }: Drawn): Stock {
  const policies = members.flatMap(({ source }) => (typeof source === "string" ? [source] : []));
  const templates = members.flatMap(({ source }) => (typeof source === "string" ? [] : [source]));
  const [verdict = REFUSED] = askCedar({ policies, templates, ...sample });
  if (verdict === REFUSED) return "refused";
  return verdict.startsWith('{"decision":"allow"') ? "allow" : "deny";
}

/** All of it but the question itself. */
function said(decision: Decision): string {
  return JSON.stringify({ ...decision, asked: undefined });
}

function rank({ answer }: Decision): number {
  return ANSWERS.indexOf(answer);
}

/** What somebody has to do. */
function asked({ answer, obligations, challenges, uses }: Decision): string {
  return JSON.stringify([answer, obligations, challenges, uses]);
}

function inAnyOrder({ answer, reason, obligations, policies, errors, challenges, uses }: Decision): string {
  const sets = [policies, errors, challenges].map((list) => list.map((one) => JSON.stringify(one)).toSorted());
  return JSON.stringify([answer, reason, obligations, sets, uses.toSorted()]);
}
