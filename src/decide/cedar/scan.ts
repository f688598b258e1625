// SPDX-License-Identifier: Apache-2.0
// A look at Cedar text before the parser gets it (D14): its stack is small, and a text that overruns it spoils the parser.
// Bounds how deep the tree of each policy can become, and says where each policy starts and ends (D15).
import { endOf } from "../turns.ts";

/** Brackets and `if` inside one another. SOURCE: decide D14; the parser traps at about 130 */
export const NESTING_MAX = 64;
/** Operators that hang on one another. SOURCE: decide D14; the validator traps at about 2,000 */
export const CHAIN_MAX = 500;

export interface Piece {
  /** UNIT: UTF-16 units from the start of the file. */
  readonly start: number;
  readonly end: number;
  /** It has a slot. */
  readonly template: boolean;
}

export interface ScanFault {
  readonly code: "nesting_too_deep" | "chain_too_long";
  readonly offset: number;
}

// a string that does not end takes the rest of the text with it, so that no character is looked at twice
const TOKEN = /\s+|\/\/[^\n\r]*|"[^"\\]*(?:\\[^][^"\\]*)*(?:"|\\?$)|&&|\|\||[=!<>]=|::|[A-Za-z_][A-Za-z0-9_]*|[^]/gy;
const BLANK = /^(?:\s|\/\/)/;
const DEEPENS = new Set("&& || == != < <= > >= + - * . ! if then else in is has like".split(" "));

/** One bracket that is open, or the top. */
interface Level {
  /** How deep the tree of the operand read so far can be. */
  deep: number;
  /** The deepest of the operands before it, which commas ended. */
  deepest: number;
  ifs: number;
}

/** Walks one text. With `angles`, `<` and `>` are brackets, as in a schema. */
export function scan(text: string, angles = false): readonly Piece[] | ScanFault {
  return endOf(scanning(text, angles));
}

/** The same in steps, one a policy, between which others may have their turn (D23). */
export function* scanning(text: string, angles = false): Generator<void, readonly Piece[] | ScanFault> {
  const pieces: Piece[] = [];
  const walk = new Walk(angles);
  let start: number | undefined;
  let template = false;
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    if (BLANK.test(token)) continue;
    start ??= match.index;
    template ||= token === "?";
    const code = walk.step(token);
    if (code !== undefined) return { code, offset: match.index };
    if (token === ";" && walk.atTop()) {
      pieces.push({ start, end: match.index + 1, template });
      walk.reset();
      start = undefined;
      template = false;
      yield;
    }
  }
  // what follows the last `;` is the parser's to refuse
  if (start !== undefined) pieces.push({ start, end: text.length, template });
  return pieces;
}

/** Guards its own stack of open brackets. */
class Walk {
  private readonly opens: string;
  private readonly closes: string;
  private levels: Level[] = [];
  private level: Level = { deep: 0, deepest: 0, ifs: 0 };
  private ifs = 0;

  constructor(angles: boolean) {
    this.opens = angles ? "([{<" : "([{";
    this.closes = angles ? ")]}>" : ")]}";
  }

  atTop(): boolean {
    return this.levels.length === 0;
  }

  reset(): void {
    this.levels = [];
    this.level = { deep: 0, deepest: 0, ifs: 0 };
    this.ifs = 0;
  }

  step(token: string): ScanFault["code"] | undefined {
    if (this.opens.includes(token)) this.open();
    else if (this.closes.includes(token)) this.close();
    else if (token === ",") this.next();
    else if (DEEPENS.has(token)) this.deepen(token);
    if (this.levels.length + this.ifs > NESTING_MAX) return "nesting_too_deep";
    return this.level.deep > CHAIN_MAX ? "chain_too_long" : undefined;
  }

  private open(): void {
    this.levels.push(this.level);
    this.level = { deep: 0, deepest: 0, ifs: 0 };
  }

  private close(): void {
    const outer = this.levels.pop();
    if (outer === undefined) return;
    this.next();
    outer.deep = Math.max(outer.deep, this.level.deepest + 1);
    this.level = outer;
  }

  private next(): void {
    this.level.deepest = Math.max(this.level.deepest, this.level.deep);
    this.level.deep = 0;
    this.ifs -= this.level.ifs;
    this.level.ifs = 0;
  }

  private deepen(token: string): void {
    this.level.deep += 1;
    if (token !== "if") return;
    this.level.ifs += 1;
    this.ifs += 1;
  }
}
