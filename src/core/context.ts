// SPDX-License-Identifier: Apache-2.0
// The context that Cedar policies see: one table, from which the schema in `policies/` is generated and checked.
// A member is here only once a room fills it.

/** A Cedar type as the schema spells it. */
export type CedarType = "String" | "Long" | "Bool" | "datetime" | "Set<String>";

export interface ContextMember {
  readonly name: string;
  readonly type: CedarType | Readonly<Record<string, CedarType>>;
  readonly filledBy: "enforce" | "identify";
  readonly doc: string;
}

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
];
