// SPDX-License-Identifier: Apache-2.0
// Annotations of a policy: a closed list (D17), for a key that is mistyped must not silently drop what it asks for.
import { type PolicyHit, quote } from "../../core/index.ts";
import type { Policy } from "../cedar/policy.ts";
import type { Complaint } from "./source.ts";

export interface Notes {
  readonly id: string;
  readonly tier: PolicyHit["tier"];
  /** Profiles of what must be done, of a limit. */
  readonly obligations?: readonly string[];
  /** Profile of what lifts it, of a challenge. */
  readonly remedy?: string;
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
const KNOWN: ReadonlySet<string> = new Set([
  "id",
  "reason",
  "owner",
  "control",
  "doc",
  "accept",
  "answer",
  "obligation",
  "remedy",
]);
/** Keys of a later version. */
const LATER: ReadonlySet<string> = new Set(["mode"]);
/** The answers that a forbid can be softened to. */
const SOFT = ["log", "limit", "challenge"] as const;
/** Problems that an author may accept; a second person sees them (D18). */
const ACCEPTABLE: ReadonlySet<string> = new Set(["unscoped_permit", "mixed_script", "unusual_character"]);

/** What the annotations say, and what is wrong with them. */
export function readNotes({ effect, annotations }: Policy): { notes: Notes; complaints: readonly Complaint[] } {
  const text = (key: string): string | undefined => annotations.get(key) ?? undefined;
  const accept = listIn(text("accept"));
  const obligations = listIn(text("obligation"));
  const answer = SOFT.find((soft) => soft === text("answer"));
  const tier = effect === "permit" ? "permit" : (answer ?? "deny");
  const complaints = [
    ...idComplaints(annotations.get("id")),
    ...[...annotations].flatMap(([key, value]) => keyComplaints(key, value)),
    ...answerComplaints(effect, text("answer")),
    ...dutyComplaints(tier, obligations.length > 0, annotations),
    ...accept.filter((code) => !ACCEPTABLE.has(code)).map(notAcceptable),
  ];
  const [reason, owner, control, doc, remedy] = ["reason", "owner", "control", "doc", "remedy"].map(text);
  return {
    notes: {
      id: text("id") ?? "",
      tier,
      ...(obligations.length === 0 ? {} : { obligations }),
      ...(remedy === undefined ? {} : { remedy }),
      ...(reason === undefined ? {} : { reason }),
      ...(owner === undefined ? {} : { owner }),
      ...(control === undefined ? {} : { control }),
      ...(doc === undefined ? {} : { doc }),
      accept: new Set(accept),
    },
    complaints,
  };
}

/** `a, b` as `["a", "b"]`. */
function listIn(text: string | undefined): readonly string[] {
  return (text ?? "").split(",").flatMap((item) => item.trim() || []);
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

function answerComplaints(effect: Policy["effect"], answer: string | undefined): readonly Complaint[] {
  if (answer === undefined) return [];
  if (effect === "permit")
    return [
      {
        code: "answer_on_permit",
        text: "a permit has no answer of its own: only a forbid can be softened",
        fix: 'move @answer to a forbid, or write @answer("log") forbid beside the permit',
      },
    ];
  if (SOFT.some((soft) => soft === answer)) return [];
  const fix = `write ${SOFT.map((soft) => `@answer("${soft}")`).join(" or ")}`;
  return [{ code: "unknown_answer", text: `there is no answer ${quote(answer)}`, fix }];
}

/** A limit says what must be done, a challenge what lifts it, and nothing else says either. */
function dutyComplaints(tier: Notes["tier"], duty: boolean, annotations: Policy["annotations"]): readonly Complaint[] {
  const complaints: Complaint[] = [];
  if (tier === "limit" && !duty)
    complaints.push({
      code: "limit_without_obligation",
      text: "a limit without an obligation limits nothing",
      fix: 'write @obligation("name") with a name of obligations.yaml',
    });
  if (tier === "challenge" && !annotations.has("remedy"))
    complaints.push({
      code: "challenge_without_remedy",
      text: "a challenge that nothing answers is a plain no",
      fix: 'write @remedy("name") with a name of remedies.yaml, or remove @answer',
    });
  if (tier !== "limit" && annotations.has("obligation"))
    complaints.push({
      code: "obligation_without_limit",
      text: "only a limit has obligations: here nobody would carry them out",
      fix: 'write @answer("limit"), or remove @obligation',
    });
  if (tier !== "challenge" && annotations.has("remedy"))
    complaints.push({
      code: "remedy_without_challenge",
      text: "only a challenge has a remedy: nothing here asks for it",
      fix: 'write @answer("challenge"), or remove @remedy',
    });
  return complaints;
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
