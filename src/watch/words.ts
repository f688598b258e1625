// SPDX-License-Identifier: Apache-2.0
// What a person reads of a finding (watch W17): one sentence for each sign, with what was seen in it.
import type { DetectorId, FindingDraft } from "../core/index.ts";

type Params = FindingDraft["params"];

const SENTENCES: Readonly<Record<DetectorId, (code: string, params: Params) => string>> = {
  decoy: (code) => DECOY.get(code) ?? "met a planted value (decoy)",
  fork: (_code, { times = 0 }) => `showed ${times} proofs of one key again within a minute: two hold that key`,
  "credential-misuse": (code) => MISUSE.get(code) ?? "showed a credential that is not for this",
  "tool-drift": (code, { tool = "" }) => `${DRIFT.get(code) ?? "a tool is not what was accepted"}: ${tool}`,
  "sign-in": (code) => SIGN_IN.get(code) ?? "came in as no honest person does",
  observing: (_code, { server = "" }) =>
    `its time to be observed is over: what was let through at ${server} is refused from here on`,
  policy: () => "one person changed at once whom a release of rules binds, and no other agreed within a day",
  platform: (code, { server = "" }) => `${PLATFORM.get(code) ?? "something is not well with the record"}: ${server}`,
  "after-containment": (code, { times = 0 }) =>
    code === "evades" ? `tried ${times} times within a minute after it was contained` : "acted after it was contained",
};

const DRIFT: ReadonlyMap<string, string> = new Map([
  ["beside", "what a server says beside its tools is not what was accepted"],
  ["appeared", "a tool appeared that nobody accepted"],
  ["altered", "a tool speaks of itself otherwise than when it was accepted, and takes no more"],
  ["hides", "a tool hides text in what it says of itself"],
  ["shadows", "a tool has a name that looks like that of another"],
]);

const PLATFORM: ReadonlyMap<string, string> = new Map([
  ["log-fork", "a log signed two histories of one size, and both are kept as evidence"],
  ["witness-refused", "a witness refuses to cosign this log"],
  ["witness-lag", "too few witnesses cosign this log, and what is published falls behind"],
]);

const DECOY: ReadonlyMap<string, string> = new Map([
  ["used", "used a planted credential (decoy)"],
  ["used-copy", "used a planted credential (decoy) that somebody had copied to where it found it"],
  ["presented", "somebody showed a planted credential (decoy) as their own"],
  ["opened", "read a planted credential (decoy)"],
  ["opened-copy", "read a copy of a planted credential (decoy)"],
]);

const SIGN_IN: ReadonlyMap<string, string> = new Map([
  ["setup-link-again", "somebody opened a one-use link that was used already: two people have it"],
  ["session-copied", "the cookie of a session came from another browser: the session is ended"],
  ["passkey-copied", "a passkey's counter did not rise: there may be a copy of it"],
]);

const MISUSE: ReadonlyMap<string, string> = new Map([
  ["wrong-audience", "showed a token that is for another server"],
  ["wrong-key", "somebody showed its token with another key"],
  ["wrong-environment", "showed a token of another environment"],
  ["revoked", "showed a token that it had given up itself"],
]);

export function sentence({ detector, code, params }: Pick<FindingDraft, "detector" | "code" | "params">): string {
  return SENTENCES[detector](code, params);
}
