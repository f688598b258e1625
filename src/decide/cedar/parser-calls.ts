// SPDX-License-Identifier: Apache-2.0
// What the parser worker is asked. Everything is text: the parser reads Cedar, never values of ours.

export type ParserCall =
  | { readonly op: "policy" | "template" | "parts" | "schema" | "format" | "format-schema"; readonly text: string }
  | { readonly op: "validate"; readonly schema: string; readonly policies: Readonly<Record<string, string>> };

/** The parser's JSON as text, or what broke; after a break the worker is of no more use. */
export type ParserReply = { readonly answer: unknown } | { readonly trap: string };
