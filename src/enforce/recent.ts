// SPDX-License-Identifier: Apache-2.0
// The last calls as they were asked, so that a change of the rules can say what it would have changed. In memory only: what
// was asked long ago is replayed from the record.
import { type Answer, type Decider, strictest } from "../core/index.ts";
import { type Act, type JudgePorts, judgeCall, judgeRelease, type Moment } from "./judge.ts";

/** Calls that are kept. */
export const RECENT_MAX = 50;

/** One question of the gate and what was answered before anybody was asked. */
export interface Asked {
  readonly moment: Moment;
  readonly act: Act;
  readonly answer: Answer;
}

/** What one past call was answered, and what it would be answered now. */
export interface Rejudged {
  readonly was: Answer;
  readonly now: Answer;
}

interface Past {
  readonly call: Asked;
  release?: Asked;
}

export class Recent {
  private readonly calls: Past[] = [];

  /** @returns takes what was asked of the release of its result, if it comes to that */
  add(call: Asked): (release: Asked) => void {
    const past: Past = { call };
    this.calls.push(past);
    if (this.calls.length > RECENT_MAX) this.calls.shift();
    return (release) => {
      past.release = release;
    };
  }

  /** Judges the last calls again, without what people said to them. @param decider - one that holds other rules */
  rejudge(ports: Omit<JudgePorts, "decider">, decider: Decider): readonly Rejudged[] {
    const by = { ...ports, decider };
    return this.calls.map(({ call, release }) => {
      const was = strictest([call.answer, ...(release === undefined ? [] : [release.answer])]);
      const answers = [judgeCall(by, call.moment, call.act).answer];
      if (release !== undefined)
        answers.push(...judgeRelease(by, release.moment, release.act).map(({ decision }) => decision.answer));
      return { was, now: strictest(answers) };
    });
  }
}
