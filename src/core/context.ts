// SPDX-License-Identifier: Apache-2.0
// The context that Cedar policies see: one table, from which the schema in `policies/` is generated and checked.
// A member is here only once a room fills it.

/**
 * A Cedar type as the schema spells it. `Text` is a String that is nobody's vocabulary: it is recorded sealed, and every
 * other String as it is (decide D45).
 */
type CedarType = "String" | "Text" | "Long" | "Bool" | "datetime" | "Set<String>";

/** A Cedar type, or a record of such. */
export type ContextType = CedarType | { readonly [name: string]: ContextType };

export interface ContextMember {
  readonly name: string;
  readonly type: ContextType;
  readonly filledBy: "enforce" | "identify" | "protect" | "prove";
  readonly doc: string;
}

/** One label; ranks as in core's `levelRank` and `trustRank`. */
const LABEL: ContextType = {
  level: "Long",
  trust: "Long",
  categories: "Set<String>",
  jurisdictions: "Set<String>",
  complete: "Bool",
};

export const CONTEXT: readonly ContextMember[] = [
  { name: "now", type: "datetime", filledBy: "enforce", doc: "the gate's time of the question" },
  { name: "channel", type: "String", filledBy: "enforce", doc: "how it came: mcp" },
  { name: "phase", type: "String", filledBy: "enforce", doc: "before the effect, or after it" },
  {
    name: "facet",
    type: "String",
    filledBy: "enforce",
    doc: "act, or disclose (the arguments leave for the upstream)",
  },
  { name: "server", type: "String", filledBy: "enforce", doc: "the upstream that is asked" },
  { name: "tool", type: "String", filledBy: "enforce", doc: "the tool that is called, empty for none" },
  {
    name: "mandate",
    type: {
      id: "String",
      task: "String",
      purpose: "String",
      covers: "Bool",
      why: "Text",
      labelMax: "Long",
      verbs: "Set<String>",
      jurisdictions: "Set<String>",
      deadline: "datetime",
    },
    filledBy: "identify",
    doc: "what the caller was sent to do; covers: that lets exactly this call through; why: else what it lacks",
  },
  {
    name: "step",
    type: { id: "String", hop: "Long", ownAuthority: "Bool" },
    filledBy: "identify",
    doc: "the step of the task; hop: steps above it",
  },
  {
    name: "auth",
    type: { pop: "String", assurance: "Long", age: "Long" },
    filledBy: "identify",
    doc: "how the caller proved itself; age in seconds",
  },
  {
    name: "destination",
    type: { kind: "String", operator: "String", jurisdiction: "String", listed: "Bool" },
    filledBy: "enforce",
    doc: "where the arguments go: none, internal, partner or external",
  },
  {
    name: "data",
    type: { flow: LABEL, context: LABEL },
    filledBy: "protect",
    doc: "flow: what moves now, arguments before, results after; context: all that the task has seen",
  },
  {
    name: "origin",
    type: { lowest: "Long", watermark: "Long", broken: "Set<String>", lookalike: "Bool" },
    filledBy: "protect",
    doc: "who chose the values of the call; broken: roles of arguments whose value came from nobody who may choose it",
  },
  {
    name: "transfer",
    type: {
      verdict: "String",
      crossing: "Bool",
      reviewed: "Bool",
      rules: "Set<String>",
      missing: "Set<String>",
      basis: "String",
    },
    filledBy: "prove",
    doc: "may this data go there: allowed, conditional, barred or unknown; where nothing crosses a border, allowed and domestic",
  },
];
