// SPDX-License-Identifier: Apache-2.0
// Why an entity or a context is refused (D8): each fault of the input has its own code.

export type InputCode =
  | "null"
  | "wrong_type"
  | "undeclared_type"
  | "undeclared_attribute"
  | "missing_attribute"
  | "undeclared_parent"
  | "outside_enum"
  | "two_bodies"
  | "parent_cycle"
  | "lone_surrogate"
  | "extension"
  | "too_deep"
  | "too_many"
  | "too_large";

/** What conversion yields instead of a value. */
export class InputFault {
  readonly code: InputCode;
  /** Where in the input, as a dotted path. */
  readonly path: string;
  constructor(code: InputCode, path = "") {
    this.code = code;
    this.path = path;
  }

  /** The same fault seen from one level up. */
  under(name: string): InputFault {
    return new InputFault(this.code, this.path === "" ? name : `${name}.${this.path}`);
  }
}

/** How much one question may hold. */
export interface InputLimits {
  /** Nesting of records and sets. */
  readonly depth: number;
  /** Elements of one set. */
  readonly setSize: number;
  readonly entities: number;
}
