// SPDX-License-Identifier: Apache-2.0
// A decision as the decider hands it out. A class, because one shape for all of them is cheap: an accessor in an object
// literal would be a shape of its own for every decision.
import type { Decision, Digest, Question } from "../core/index.ts";
import type { Outcome } from "./answer.ts";

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
  readonly #digest: () => Digest;

  /** @param digest - makes the input's digest: of all the questions about one call, one stands in its entry */
  constructor(
    { at, mode = "enforce" }: Question,
    outcome: Outcome & Pick<Decision, "would">,
    { setDigest, digest }: Pick<Decision, "setDigest"> & { readonly digest: () => Digest },
  ) {
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
    this.#digest = digest;
  }

  get inputDigest(): Digest {
    return this.#digest();
  }
}
