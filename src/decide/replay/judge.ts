// SPDX-License-Identifier: Apache-2.0
// Asks a set again what a slice says was asked. Where a rule would have to read a text that is sealed, nobody knows whether it
// holds; then the answer is known only if it is the same either way (D45, D46).
import type { Answer, SealKey } from "../../core/index.ts";
import { answerOf, deny, type Outcome } from "../answer.ts";
import { hidingEngine } from "../cedar/engine.ts";
import type { Evaluation } from "../cedar/evaluate.ts";
import type { Hiding } from "../cedar/hidden.ts";
import { type Means, meansOf } from "../discharge.ts";
import { observed } from "../observe.ts";
import { LIMITS, type PolicySet } from "../policy-set.ts";
import { evaluateFor, prepare, type Ready, type Refused } from "../question.ts";
import type { ReadAsk } from "../slice/read.ts";

/** What a set says of one resource now. */
export interface Again {
  readonly outcome: Outcome & { readonly would?: Answer };
  /** What it means, whether or not it is only observed. */
  readonly meant: Answer;
  /** Why it is not known: rules that would have to read a sealed text, or what the slice lacks. */
  readonly undecided: readonly string[];
  /** Every rule could be asked: not only the answer is known, but all that stands beside it. */
  readonly isExact: boolean;
}

/** Nobody's: before the first slice. */
const NO_KEY: SealKey = { id: "", seal: () => "" };

export class Rejudge {
  readonly set: PolicySet;
  private readonly hiding: Hiding = { key: NO_KEY };

  constructor(set: PolicySet) {
    this.set = { ...set, engine: hidingEngine(set.engine, LIMITS, this.hiding) };
  }

  /** One for each answer of the slice, in its order. @param key - the one that sealed the slice */
  ask({ question, answers }: ReadAsk, key: SealKey): readonly Again[] {
    if (question === undefined)
      return answers.map(() => unknown("the question was refused as it came, and was not kept"));
    this.hiding.key = key;
    const ready = prepare(this.set, question, answers.length);
    const isObserved = question.mode === "observe";
    return answers.map(({ resource = question.resource }) => {
      const found = "reason" in ready ? ready : evaluateFor(this.set, ready, resource);
      return this.again(found, meansOf(question, resource), isObserved);
    });
  }

  /** The question made ready, for whoever explains it. */
  ready({ question, answers }: ReadAsk, key: SealKey): Ready | Refused | undefined {
    if (question === undefined) return undefined;
    this.hiding.key = key;
    return prepare(this.set, question, answers.length);
  }

  private again(found: Evaluation | Refused, means: Means, isObserved: boolean): Again {
    if ("reason" in found) {
      const { reason, fault } = found;
      // the gate would have asked a set with another schema something else
      if (fault !== undefined) return unknown(`the slice does not fit its schema: ${fault.code} at ${fault.path}`);
      return told(deny(reason), isObserved, []);
    }
    const { rules } = this.set;
    const hidden = found.errors.filter(({ code }) => code === "sealed").map(({ index }) => index);
    if (hidden.length === 0) return told(answerOf(found, rules, means), isObserved, []);
    const strict = answerOf(strictestOf(found, hidden, this.set), rules, means);
    const loose = answerOf(loosestOf(found, hidden, this.set), rules, means);
    const names = hidden.map((index) => rules[index]?.hit.id ?? "");
    return { ...told(strict, isObserved, strict.answer === loose.answer ? [] : names), isExact: false };
  }
}

function told(outcome: Outcome, isObserved: boolean, undecided: readonly string[]): Again {
  return { outcome: isObserved ? observed(outcome) : outcome, meant: outcome.answer, undecided, isExact: true };
}

function unknown(why: string): Again {
  return { outcome: deny("input_context"), meant: "deny", undecided: [why], isExact: false };
}

/** Every rule that nobody can read holds against the call: its permits do not hold, and its forbids cannot be ruled out. */
function strictestOf(found: Evaluation, hidden: readonly number[], { rules }: PolicySet): Evaluation {
  const isPermit = (index: number): boolean => rules[index]?.hit.effect === "permit";
  return { ...found, errors: found.errors.filter(({ index }) => !(hidden.includes(index) && isPermit(index))) };
}

/** And the other way round. INVARIANT: adding a permit never makes stricter, and taking a forbid away never either (D32). */
function loosestOf(found: Evaluation, hidden: readonly number[], { rules }: PolicySet): Evaluation {
  const permits = hidden.filter((index) => rules[index]?.hit.effect === "permit");
  return {
    satisfied: [...found.satisfied, ...permits].toSorted((a, b) => a - b),
    errors: found.errors.filter(({ index }) => !hidden.includes(index)),
  };
}
