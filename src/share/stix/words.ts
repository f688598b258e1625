// SPDX-License-Identifier: Apache-2.0
// Every sentence that a partner may read. Free text is built from these and never copied from a finding or an incident,
// whose words may be an attacker's (share S16).
import type { Finding, IncidentFacts } from "../../core/index.ts";
import { stixWords } from "./shapes.ts";
import type { Techniques } from "./techniques.ts";

/** What one sign means to somebody who does not know this house. */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ["decoy used", "A credential that was planted as a decoy was used. No honest caller has any business with it."],
  ["decoy used-copy", "A copy of a credential that was planted as a decoy was used."],
  ["decoy presented", "Somebody showed a credential that was planted as a decoy as their own."],
  ["decoy opened", "A credential that was planted as a decoy was read."],
  ["decoy opened-copy", "A copy of a credential that was planted as a decoy was read."],
  ["fork proof-replayed", "Proofs of possession of one key were shown again: two parties hold that key."],
  ["credential-misuse wrong-audience", "A token was shown to a server that it was not made for."],
  ["credential-misuse wrong-key", "A token was shown with another key than the one that it is bound to."],
  ["credential-misuse wrong-environment", "A token was shown in another environment than its own."],
  ["credential-misuse revoked", "A token was shown after its holder had given it up."],
  ["tool-drift changed", "A tool that an agent may call is not what was accepted."],
  ["tool-drift appeared", "A tool appeared that nobody had accepted."],
  ["tool-drift altered", "A tool that an agent may call speaks of itself otherwise than when it was accepted."],
  ["tool-drift hides", "A tool hides text in what it says of itself."],
  ["tool-drift beside", "What a server says beside its tools is not what was accepted."],
  ["tool-drift shadows", "A tool has a name that looks like that of another tool."],
  ["after-containment acted", "An identity went on acting after it was contained. It was refused."],
  ["after-containment evades", "An identity tried again and again after it was contained. It was refused."],
]);

const OTHER_SIGN = "A sign that no honest caller gives was seen.";

/** One fixed sentence for each sign. */
export function signSentence({ detector, code }: Pick<Finding, "detector" | "code">): string {
  return SIGNS.get(`${detector} ${code}`) ?? OTHER_SIGN;
}

export const WORDS = {
  compromised: "Identity of an AI agent compromised",
  identity: "Incident that concerns the identity of an AI agent",
  agent: "Incident that concerns AI agents",
  certain: "It rests on a certain sign: one that no honest caller gives.",
  noSign: "No certain sign stands behind it.",
  report: "Warning about an AI agent",
  exercise: "Exercise. Nothing in it is real.",
  producer: "Who says it",
  victim: "An organisation that runs AI agents",
  place: "Country in which the organisation acts",
  technique: "Named by its id in MITRE ATLAS.",
  containment: "Contain it at every enforcement point",
  contained: "Done here: every enforcement point acknowledged it.",
  ordered: "Ordered here. Not every enforcement point has acknowledged it.",
} as const;

/** What it is, no stronger than the facts are. */
export function incidentWords({ identities }: IncidentFacts, findings: readonly Finding[]): string {
  if (identities.length === 0) return WORDS.agent;
  return findings.some((one) => one.severity === "critical") ? WORDS.compromised : WORDS.identity;
}

/** Words of STIX and of its extensions that every bundle of ours has. */
const VOCABULARY = [
  "organization",
  "class",
  "located-at",
  "mitigates",
  "threat-report",
  "property-extension",
  "mitre-atlas",
  "observed",
  "unknown",
  "immediate",
  "past",
  "level",
  "urgency",
  "certainty",
  "source_name",
  "external_id",
  "kill_chain_name",
  "phase_name",
  "extension_type",
  "tlp_2_0",
  "bundle",
  "objects",
  "true",
  "false",
  "2.1",
] as const;
const EVERY = [...SIGNS.values(), OTHER_SIGN, ...Object.values(WORDS), ...VOCABULARY, ...stixWords()].join("\n");

/** All text that can stand in a bundle whoever it is about: that a word of it is there says nothing about anybody. */
export function fixedText(techniques: Techniques): string {
  const named = [...techniques.values()].flatMap(({ name, phases }) => [name, ...phases]);
  return [EVERY, ...named].join("\n");
}
