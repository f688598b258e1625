// SPDX-License-Identifier: Apache-2.0
// What observing means at the gate (enforce E54): everything is identified, judged and recorded with what it would have been,
// and then it passes unchanged. What no mode lets through is refused where it always is: an unknown identity, what was revoked
// or contained, a planted value, a message that cannot be read.
import {
  ANSWERS,
  type Answer,
  type GrantVerdict,
  isJsonArray,
  type Json,
  member,
  type ServerId,
  strictest,
  type ToolManifest,
} from "../core/index.ts";
import type { Judged, Ruling } from "./judge.ts";
import type { No } from "./ledger.ts";

/** UNIT: characters. Longer names no manifest can hold. */
const NAME_MAX = 128;

/** A tool that nobody described, as the worst that it could be: it acts, and nobody can undo it (E14). */
export function unmanifested(server: ServerId, tool: string): ToolManifest | undefined {
  if (tool === "" || tool.length > NAME_MAX || /\p{C}/u.test(tool)) return undefined;
  return { server, tool, verb: "execute", effect: "irreversible", args: [] };
}

/** What a ruling means, whether or not it was carried out. */
export function meant({ decision }: Ruling): Answer {
  return decision.would ?? decision.answer;
}

/** The member `would` of an answer, where it was let through as something looser. */
export function wouldOf(answer: Answer, would: Answer): { readonly would?: Answer } {
  return ANSWERS.indexOf(would) > ANSWERS.indexOf(answer) ? { would } : {};
}

/** A judged call that the gate itself would have refused: it passes, and the record says why it would not have. */
export function objected(judged: Judged, objections: readonly No[]): Judged {
  if (objections.length === 0 || judged.answer === "deny") return judged;
  return {
    ...judged,
    answer: strictest([judged.answer, "log"]),
    would: "deny",
    objections: objections.map(({ code, why }) => `${code}: ${why}`),
  };
}

/** The same without what it would have been: it was refused in earnest. */
export function inEarnest({ would: _would, objections: _objections, ...judged }: Judged): Judged {
  return judged;
}

/** The gate's own objections to a call. */
export function objectionsOf(covers: GrantVerdict, flaws: readonly No[] = []): readonly No[] {
  return covers.ok ? flaws : [...flaws, exceeded(covers)];
}

/** A mandate that lets less through. */
export function exceeded({ dimension, why }: Extract<GrantVerdict, { ok: false }>): No {
  return { code: "mandate_exceeded", why: `${dimension}: ${why}` };
}

/** How many tools of a list are not among those that enforcing would show. */
export function hiddenIn(body: Json, shown: ReadonlySet<string>): number {
  const tools = member(member(body, "result"), "tools");
  if (!isJsonArray(tools)) return 0;
  return tools.filter((tool) => {
    const name = member(tool, "name");
    return typeof name !== "string" || !shown.has(name);
  }).length;
}
