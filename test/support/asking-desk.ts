// SPDX-License-Identifier: Apache-2.0
// A queue of people in memory, who answer when the test says so; each yes is good for one use.
import {
  type ApprovalDesk,
  type ApprovalId,
  canonicalText,
  type DeskItem,
  type DeskState,
  type DeskView,
  type Digest,
  digestOf,
  type EntryId,
  type Evidence,
  type EvidenceQuery,
  instant,
  jsonObject,
  type Once,
  parseApprovalId,
  parseJson,
} from "../../src/core/index.ts";
import { systemClock, systemRandom, systemTimers } from "../../src/server/system.ts";

interface Question {
  readonly id: ApprovalId;
  readonly item: DeskItem;
  state: DeskState;
  spentBy?: EntryId;
  readonly told: Set<() => void>;
}

const DIGEST: Digest = digestOf("what is signed");
/** UNIT: ms. */
const LIFE_MS = 60_000;

export class AskingDesk implements ApprovalDesk, Once {
  readonly questions: Question[] = [];
  private readonly expires = instant(systemClock.now() + LIFE_MS);

  /** The last question that was asked. */
  get last(): Question {
    const last = this.questions.at(-1);
    if (last === undefined) throw new Error("nobody was asked");
    return last;
  }

  answer(state: DeskState, question: Question = this.last): void {
    question.state = state;
    for (const tell of question.told) tell();
  }

  open(item: DeskItem): Promise<{ readonly id: ApprovalId }> {
    const known = this.questions.find((one) => isSame(one, item.call) && one.spentBy === undefined && isOpen(one));
    if (known !== undefined) return Promise.resolve({ id: known.id });
    const id = parseApprovalId(systemRandom.id());
    this.questions.push({ id, item, state: "pending", told: new Set() });
    return Promise.resolve({ id });
  }

  read(id: ApprovalId): DeskView | undefined {
    const found = this.questions.find((one) => one.id === id);
    if (found === undefined) return undefined;
    const { item, state } = found;
    const { expires } = this;
    const terms = { digest: DIGEST, nonce: "n", opened: expires, expires, group: "approver", need: 1, agreed: [] };
    const seen = { binding: jsonObject([]), ...terms };
    return { id, item, state, ...seen };
  }

  wait(id: ApprovalId, ms: number, signal: AbortSignal): Promise<DeskState> {
    const found = this.questions.find((one) => one.id === id);
    if (found === undefined) return Promise.resolve("cancelled");
    if (found.state !== "pending" || ms === 0) return Promise.resolve(found.state);
    return new Promise((resolve) => {
      const done = (): void => {
        stop();
        found.told.delete(done);
        resolve(found.state);
      };
      const stop = systemTimers.after(ms, done);
      signal.addEventListener("abort", done, { once: true });
      found.told.add(done);
    });
  }

  cancel(id: ApprovalId): void {
    const found = this.questions.find((one) => one.id === id);
    if (found !== undefined) this.answer("cancelled", found);
  }

  evidence(query: EvidenceQuery): readonly Evidence[] {
    const { claimedBy, ...call } = query;
    const usable = this.questions.filter(
      (one) =>
        isSame(one, call) &&
        one.state === "approved" &&
        (one.spentBy === undefined || (claimedBy !== undefined && one.spentBy === claimedBy)),
    );
    return usable.map((one) => this.evidenceOf(one));
  }

  claim(_scope: string, key: string, by: EntryId): Promise<"first" | "taken"> {
    const found = this.questions.find((one) => one.id === key);
    if (found === undefined || found.spentBy !== undefined) return Promise.resolve("taken");
    found.spentBy = by;
    return Promise.resolve("first");
  }

  private evidenceOf({ id, item }: Question): Evidence {
    const { principal, action, resource, argsDigest } = item.call;
    const fits = { principal, action, resource, argsDigest, binds: item.binds, policy: item.policyDigest };
    return { id, kind: "approval", ...fits, expires: this.expires, uses: 1, bound: [] };
  }
}

function isSame({ item }: Question, call: EvidenceQuery | DeskItem["call"]): boolean {
  return canonicalText(parseJson(JSON.stringify(item.call))) === canonicalText(parseJson(JSON.stringify(call)));
}

function isOpen({ state }: Question): boolean {
  return state === "pending" || state === "approved" || state === "denied";
}
