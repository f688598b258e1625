// SPDX-License-Identifier: Apache-2.0
// Evaluation errors (D9): values from a closed list, made once and without a stack, so that an error costs what any value costs.
import type { EvalError } from "../../core/index.ts";

export type FaultCode = EvalError["code"];

/** What an expression yields instead of a value. A class, because `instanceof` is how the evaluator tells it from values. */
export class Fault {
  readonly code: FaultCode;
  constructor(code: FaultCode) {
    this.code = code;
  }
}

export const TYPE: Fault = new Fault("type");
export const OVERFLOW: Fault = new Fault("overflow");
export const NO_ENTITY: Fault = new Fault("no_entity");
export const NO_ATTRIBUTE: Fault = new Fault("no_attribute");
export const NO_TAG: Fault = new Fault("no_tag");
export const EXTENSION: Fault = new Fault("extension");
