// SPDX-License-Identifier: Apache-2.0
// The words and signs of an expression, each with the place where it begins.

export interface Token {
  readonly kind: "word" | "number" | "sign" | "end";
  readonly text: string;
  /** UNIT: UTF-16 units from the start of the expression. */
  readonly at: number;
}

/** What is wrong with an expression, and where in it. */
export interface ExprProblem {
  /** UNIT: UTF-16 units from the start of the expression. */
  readonly at: number;
  readonly text: string;
  readonly fix?: string;
}

// a hyphen joins the parts of a place, `US-NY`; set off by spaces it is a sign, `EU27 - DE`
const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?)(?![\w.])|(?<word>[A-Za-z][\w.]*(?:-[A-Za-z0-9]+)*)|(?<sign><=|>=|!=|[=<>(),;-]))/y;

/** @returns the tokens with an `end`, or the first piece that is none */
export function tokensOf(text: string): readonly Token[] | ExprProblem {
  const tokens: Token[] = [];
  const source = text.trimEnd();
  let at = 0;
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(source);
    if (found === null)
      return {
        at: at + (/^\s*/.exec(source.slice(at))?.[0].length ?? 0),
        text: "this is no word, number or sign of an expression",
      };
    const { number, word, sign } = found.groups ?? {};
    const piece = number ?? word ?? sign ?? "";
    const kind = number !== undefined ? "number" : word !== undefined ? "word" : "sign";
    at = TOKEN.lastIndex;
    tokens.push({ kind, text: piece, at: at - piece.length });
  }
  return [...tokens, { kind: "end", text: "", at: source.length }];
}
