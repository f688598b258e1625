// SPDX-License-Identifier: Apache-2.0
// Annotations of a policy: a closed list (D17), for a key that is mistyped must not silently drop what it asks for.
import { type PolicyHit, quote } from "../../core/index.ts";
import type { Policy } from "../cedar/policy.ts";
import type { Complaint } from "./source.ts";

export interface Notes {
  readonly id: string;
  readonly tier: PolicyHit["tier"];
  /** A sentence for people. */
  readonly reason?: string;
  readonly owner?: string;
  /** The control that the policy carries out. */
  readonly control?: string;
  /** Where a person reads more. */
  readonly doc?: string;
  /** Codes of problems that the author knows of and accepts. */
  readonly accept: ReadonlySet<string>;
}

const ID = /^[a-z0-9][a-z0-9._-]{0,95}$/;
const KNOWN: ReadonlySet<string> = new Set(["id", "reason", "owner", "control", "doc", "accept", "answer"]);
/** Keys of a later version. */
const LATER: ReadonlySet<string> = new Set(["obligation", "remedy", "mode"]);
const LATER_ANSWERS: ReadonlySet<string> = new Set(["limit", "challenge"]);
/** Problems that an author may accept; a second person sees them (D18). */
const ACCEPTABLE: ReadonlySet<string> = new Set(["unscoped_permit", "mixed_script", "unusual_character"]);

/** What the annotations say, and what is wrong with them. */
export function readNotes({ effect, annotations }: Policy): { notes: Notes; complaints: readonly Complaint[] } {
  const accept = (annotations.get("accept") ?? "").split(",").flatMap((code) => code.trim() || []);
  const complaints = [
    ...idComplaints(annotations.get("id")),
    ...[...annotations].flatMap(([key, value]) => keyComplaints(key, value)),
    ...answerComplaints(effect, annotations.get("answer")),
    ...accept.filter((code) => !ACCEPTABLE.has(code)).map(notAcceptable),
  ];
  const text = (key: string): string | undefined => annotations.get(key) ?? undefined;
  const [reason, owner, control, doc] = ["reason", "owner", "control", "doc"].map(text);
  return {
    notes: {
      id: text("id") ?? "",
      tier: effect === "permit" ? "permit" : annotations.has("answer") ? "log" : "deny",
      ...(reason === undefined ? {} : { reason }),
      ...(owner === undefined ? {} : { owner }),
      ...(control === undefined ? {} : { control }),
      ...(doc === undefined ? {} : { doc }),
      accept: new Set(accept),
    },
    complaints,
  };
}

function idComplaints(id: string | null | undefined): readonly Complaint[] {
  if (id === undefined || id === null)
    return [{ code: "missing_id", text: "every policy has an id", fix: 'write @id("a-name") before it' }];
  if (ID.test(id)) return [];
  const text = `an id is [a-z0-9][a-z0-9._-]{0,95}, and ${quote(id)} is not`;
  return [{ code: "bad_id", text, fix: "use small letters, digits, dots and dashes" }];
}

function keyComplaints(key: string, value: string | null): readonly Complaint[] {
  if (LATER.has(key)) return [notYet(`@${key}`)];
  if (!KNOWN.has(key))
    return [{ code: "unknown_annotation", text: `there is no annotation @${key}`, fix: `use one of ${listed()}` }];
  if (value === null || value.trim() === "")
    return [{ code: "empty_annotation", text: `@${key} says nothing`, fix: `write @${key}("..") or remove it` }];
  return [];
}

function answerComplaints(effect: Policy["effect"], answer: string | null | undefined): readonly Complaint[] {
  if (answer === undefined || answer === null) return [];
  if (effect === "permit")
    return [
      {
        code: "answer_on_permit",
        text: "a permit has no answer of its own: only a forbid can be softened",
        fix: 'move @answer to a forbid, or write @answer("log") forbid beside the permit',
      },
    ];
  if (LATER_ANSWERS.has(answer)) return [notYet(`@answer("${answer}")`)];
  if (answer === "log") return [];
  return [{ code: "unknown_answer", text: `there is no answer ${quote(answer)}`, fix: 'write @answer("log")' }];
}

function notYet(what: string): Complaint {
  return {
    code: "not_in_this_version",
    text: `this version does not have ${what} yet, and will not drop it silently`,
    fix: "remove the annotation: without it the forbid denies",
  };
}

function notAcceptable(code: string): Complaint {
  return {
    code: "not_acceptable",
    text: `the problem ${quote(code)} cannot be accepted`,
    fix: `@accept takes ${[...ACCEPTABLE].join(", ")}`,
  };
}

function listed(): string {
  return [...KNOWN].map((key) => `@${key}`).join(" ");
}
