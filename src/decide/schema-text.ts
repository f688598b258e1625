// SPDX-License-Identifier: Apache-2.0
// The default schema (D72). Its context record is core's table and its actions are core's verbs, so that a policy cannot
// speak of what no room fills. `npm run gen` writes it into the bundles that ship.
import { CONTEXT, type ContextType, VERBS, type Verb } from "../core/index.ts";

/** The group that a verb stands in; `keep` and `egress` are themselves in `effect`. */
const GROUPS: Readonly<Record<Verb, "read" | "keep" | "egress" | "effect">> = {
  view: "read",
  summarize: "read",
  recommend: "read",
  retain: "keep",
  train: "keep",
  share: "egress",
  execute: "effect",
  delegate: "effect",
};

/** UNIT: characters. */
const LINE_MAX = 100;

const PRINCIPALS = "Human, Agent, Model, Workload, Service";
const RESOURCES = "Tool, Collection, Document, Prompt, Task, Destination, Server";

const ENTITIES = `// Who asks. Every one that is no human has a human who answers for it.
entity Team, Blueprint;
entity ${PRINCIPALS} in [Team, Blueprint] = {
  @record("value") status: String, // only \`active\` is ever allowed anything
  expires: datetime,
  @record("value") environment: String,
  @record("value") jurisdiction: String,
  @record("value") purpose: String,
  synthetic: Bool,
  sponsor?: Human,
};

// What is asked for. Files and what else an upstream holds lie in collections, the outermost one in its server.
entity Server = {
  @record("value") operator: String,
  @record("value") jurisdiction: String,
};
entity Tool in [Server] = {
  @record("value") verb: String,
  @record("value") effect: String, // none, reversible or irreversible
};
entity Collection in [Collection, Server];
entity Document in [Collection];
entity Prompt in [Server];
entity Task;
entity Destination = {
  @record("value") kind: String, // none, internal, partner or external
  @record("value") operator: String,
  @record("value") jurisdiction: String,
};`;

/** The whole of `schema.cedarschema`. */
export function schemaText(): string {
  const context = CONTEXT.flatMap(({ doc, name, type }) => [`  // ${doc}`, `  ${memberText(name, type)},`]);
  const actions = Array.from(
    Map.groupBy(VERBS, (verb) => GROUPS[verb]),
    ([group, verbs]) => `action ${verbs.join(", ")} in [${group}] appliesTo {
  principal: [${PRINCIPALS}],
  resource: [${RESOURCES}],
  context: Context,
};`,
  );
  return `// Generated from the context table and the verbs of the source; \`npm run gen\` writes it anew.

${ENTITIES}

// What is known of the question itself; \`@record("value")\`: this is recorded as it is, other texts are sealed. Levels: public 0, internal 1, confidential 2, restricted 3. Trust: unknown 0, web 1,
// peer 2, tool 3, directory 4, mandate 5, user 6.
type Context = {
${context.join("\n")}
};

// The verbs, in groups. A rule for every effect says \`action in Action::"effect"\`.
action read, effect;
action keep, egress in [effect];
${actions.join("\n")}
`;
}

/** One attribute; what holds no free text is recorded as it is, and everything below it (D45). */
function memberText(name: string, type: ContextType, indent = "  ", isSaid = false): string {
  const isValue = !isSaid && hasText(type, "String") && !hasText(type, "Text");
  return `${isValue ? '@record("value") ' : ""}${name}: ${typeText(type, indent, isSaid || isValue)}`;
}

function hasText(type: ContextType, kind: "String" | "Text"): boolean {
  if (typeof type !== "string") return Object.values(type).some((member) => hasText(member, kind));
  return type === kind || type === `Set<${kind}>`;
}

/** A record of more than a line can hold stands member under member. */
function typeText(type: ContextType, indent: string, isSaid: boolean): string {
  if (typeof type === "string") return type === "Text" ? "String" : type;
  const inner = `${indent}  `;
  const members = Object.entries(type).map(([name, member]) => memberText(name, member, inner, isSaid));
  const line = `{ ${members.join(", ")} }`;
  return line.length <= LINE_MAX ? line : `{\n${members.map((member) => `${inner}${member},\n`).join("")}${indent}}`;
}
