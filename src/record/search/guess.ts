// SPDX-License-Identifier: Apache-2.0
// What somebody pasted into the one search box: what it can be, by its shape alone.
import { CoreError, type Instant, parseInstant } from "../../core/index.ts";
import type { TermKind } from "./terms.ts";

export type Guess =
  | { readonly is: "index"; readonly index: number }
  | { readonly is: "id"; readonly id: string; readonly kinds: readonly TermKind[] }
  | { readonly is: "term"; readonly value: string; readonly kinds: readonly TermKind[] }
  | { readonly is: "time"; readonly at: Instant };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Kinds in the order in which they are tried; the first one under which the value is known is meant. */
export function guess(text: string): Guess {
  if (/^[0-9]{1,15}$/.test(text)) return { is: "index", index: Number(text) };
  const [, index] = /^[^#]+#([0-9]{1,15}):[A-Za-z0-9_-]{43}$/.exec(text) ?? [];
  if (index !== undefined) return { is: "index", index: Number(index) };
  if (UUID.test(text)) {
    return { is: "id", id: text, kinds: ["mandate", "task", "step", "order", "approval", "incident"] };
  }
  if (/^BW-[0-9A-Z]{7}$/i.test(text)) return { is: "term", value: text.toUpperCase(), kinds: ["reference"] };
  if (text.startsWith("spiffe://")) return { is: "term", value: text, kinds: ["identity", "instance", "person"] };
  if (text.startsWith("sha256:")) return { is: "term", value: text, kinds: ["set"] };
  if (/^INC-[0-9]+$/i.test(text)) return { is: "term", value: text.toUpperCase(), kinds: ["incident"] };
  const leaf = /^[A-Za-z0-9_-]{43}$/.test(text) ? (["leaf"] as const) : [];
  const at = instantOf(text);
  if (at !== undefined) return { is: "time", at };
  return { is: "term", value: text, kinds: [...leaf, ...WORDS] };
}

/** What a plain word can be. */
const WORDS: readonly TermKind[] = [
  "identity",
  "resource",
  "finding",
  "policy",
  "tool",
  "server",
  "name",
  "verb",
  "answer",
  "label",
  "jurisdiction",
  "type",
  "person",
];

function instantOf(text: string): Instant | undefined {
  if (!/^[0-9]{4}-/.test(text)) return undefined;
  try {
    return parseInstant(text);
  } catch (cause) {
    if (cause instanceof CoreError) return undefined; // a word that begins like a year
    throw cause;
  }
}
