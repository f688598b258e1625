// SPDX-License-Identifier: Apache-2.0
// A decision as the decider hands it out. A class, because one shape for all of them is cheap.
import type { Asked, Decision } from "../core/index.ts";
import type { Outcome } from "./answer.ts";

/** What answered it. */
interface By extends Pick<Decision, "setDigest"> {
  readonly release: string | undefined;
  readonly shadow: NonNullable<Decision["shadow"]>;
}

export class Made implements Decision {
  readonly at: Decision["at"];
  readonly mode: Decision["mode"];
  readonly answer: Decision["answer"];
  declare readonly would?: NonNullable<Decision["would"]>;
  readonly reason: Decision["reason"];
  readonly policies: Decision["policies"];
  readonly errors: Decision["errors"];
  readonly obligations: Decision["obligations"];
  readonly challenges: Decision["challenges"];
  readonly uses: Decision["uses"];
  readonly setDigest: Decision["setDigest"];
  declare readonly release?: string;
  declare readonly shadow?: NonNullable<Decision["shadow"]>;
  readonly asked: Asked;

  constructor(asked: Asked, outcome: Outcome & Pick<Decision, "would">, { setDigest, release, shadow }: By) {
    const { at, mode = "enforce" } = asked.question;
    this.at = at;
    this.mode = mode;
    this.answer = outcome.answer;
    if (outcome.would !== undefined) this.would = outcome.would;
    this.reason = outcome.reason;
    this.policies = outcome.policies;
    this.errors = outcome.errors;
    this.obligations = outcome.obligations;
    this.challenges = outcome.challenges;
    this.uses = outcome.uses;
    this.setDigest = setDigest;
    if (release !== undefined) this.release = release;
    if (shadow.length > 0) this.shadow = shadow;
    this.asked = asked;
  }
}
