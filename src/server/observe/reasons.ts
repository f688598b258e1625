// SPDX-License-Identifier: Apache-2.0
// Why enforcing would not have let a call through as it was, and what would settle that: a manifest, a mandate, a permit, a
// person, or nothing, where the rule means it.
import {
  ANSWERS,
  type Answer,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  member,
} from "../../core/index.ts";

export interface Reason {
  /** The same for all calls of one reason. */
  readonly key: string;
  /** The rule, or the gate's own word for it. */
  readonly name: string;
  readonly would: Answer;
  /** Where the rule stands, `file:line`. */
  readonly place?: string;
  /** One line for a person. */
  readonly settle: string;
}

/** @param entry - a decision, with its `release` where the reasons of its result are asked for */
export function reasonsOf(entry: JsonObject, phase: "call" | "result"): readonly Reason[] {
  const held = phase === "call" ? entry : member(entry, "release");
  const would = ANSWERS.find((answer) => answer === member(held, "would"));
  if (would === undefined || !isJsonObject(held)) return [];
  const objections =
    phase === "call" ? textsOf(member(held, "objections")) : textsOf([member(held, "objection") ?? null]);
  // what the gate itself says comes before what the rules made of a call that it could not read
  if (objections.length > 0) return objections.map((text) => objected(entry, text));
  const why = phase === "call" ? member(entry, "why") : held;
  const rules = rulesOf(why).map((hit) => ruled(hit, would));
  return rules.length > 0 ? rules : [unpermitted(entry)];
}

/** A hand of the gate itself: `code: why`. */
function objected(entry: JsonObject, text: string): Reason {
  const [code, why] = split(text);
  const server = textOf(member(entry, "interaction"), "server");
  const name = code === "mandate_exceeded" ? `${code}: ${split(why)[0]}` : code;
  return { key: `${name} ${server}`, name, would: "deny", settle: settleOf({ code, why, server, entry }) };
}

interface Objection {
  readonly code: string;
  readonly why: string;
  readonly server: string;
  readonly entry: JsonObject;
}

function settleOf({ code, why, server, entry }: Objection): string {
  switch (code) {
    case "tool_unknown":
      return `a manifest: say in that of ${server} what each of these tools does, and take out its line draft: true`;
    case "arguments_unreadable":
    case "resource_outside":
      return `the manifest of ${server}: ${why}`;
    case "mandate_exceeded":
      return `the mandate of ${shortOf(textOf(member(entry, "who"), "identity"))}: ${why}`;
    default:
      return `${why === "" ? code : why}: it stays refused`;
  }
}

/** A rule that spoke. */
function ruled(hit: JsonObject, would: Answer): Reason {
  const name = textOf(hit, "id");
  const file = textOf(hit, "file");
  const line = member(hit, "line");
  const place = `${file}:${typeof line === "number" ? line : 1}`;
  return { key: `rule ${name}`, name, would, place, settle: RULED[would](name) };
}

const RULED: Readonly<Record<Answer, (rule: string) => string>> = {
  allow: () => "nothing",
  log: () => "nothing: it is written down first",
  limit: () => "nothing: what the rule names is masked or cut, and the rest comes",
  challenge: (rule) => `a person who may say yes to what ${rule} asks about; until then such a call waits`,
  deny: (rule) => `nothing, where ${rule} means it; else mend the rule, and try it: npx bailiwick policy test`,
};

/** No rule lets it through: a permit would, and this is one for exactly it. */
function unpermitted(entry: JsonObject): Reason {
  const disclose = member(entry, "disclose");
  const isSent = member(disclose, "would") === "deny" && member(disclose, "reason") === "no_permit";
  const verb = isSent ? "share" : textOf(entry, "verb");
  const resource = isSent ? member(disclose, "resource") : member(entry, "resource");
  const type = textOf(resource, "type");
  const id = textOf(resource, "id");
  const blueprint = textOf(member(entry, "who"), "blueprint").replace(/@.*$/, "");
  const who = blueprint === "" ? "principal" : `principal in Blueprint::${cedar(blueprint)}`;
  return {
    key: `no_permit ${verb} ${type} ${id} ${blueprint}`,
    name: `no_permit: ${verb} ${id}`,
    would: "deny",
    settle: `a permit: permit (${who}, action == Action::${cedar(verb)}, resource == ${type}::${cedar(id)});`,
  };
}

/** The forbids behind an answer; those that only want it written down stop nothing. */
function rulesOf(why: Json | undefined): readonly JsonObject[] {
  const policies = member(why, "policies");
  if (!isJsonArray(policies)) return [];
  return policies
    .filter(isJsonObject)
    .filter((hit) => member(hit, "effect") === "forbid" && member(hit, "tier") !== "log");
}

/** Before and after the first `: `. */
function split(text: string): readonly [string, string] {
  const at = text.indexOf(": ");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 2)];
}

function textsOf(list: Json | undefined): readonly string[] {
  return isJsonArray(list) ? list.filter((one) => typeof one === "string") : [];
}

function textOf(holder: Json | undefined, name: string): string {
  const found = member(holder, name);
  return typeof found === "string" ? found : "";
}

function shortOf(id: string): string {
  return id.replace(/^spiffe:\/\/[^/]+\//, "");
}

/** A string of Cedar: what would end it or hide in it is escaped. */
function cedar(text: string): string {
  return JSON.stringify(text);
}
