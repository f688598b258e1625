// SPDX-License-Identifier: Apache-2.0
// Words of the page on which a person confirms a program.

export const pair = {
  title: "Confirm a program",
  heading: (user: string, host: string): string => `A program of ${user} at ${host} asks to be let in`,
  gone: "Nothing waits at this address.",
  goneMeans: "It was never there, or ten minutes are over. The program asks again at its next call.",
  confirmed: "Confirmed. The program goes on by itself.",
  refused: "Refused. The program is told so.",
  remote: "It does not run on the gate's own machine, or nobody can tell. Confirm it only if you know that machine.",
  unproven: "What it says of itself is not proven; the key is. Compare it with what the program printed.",
  program: "The program",
  user: "Account",
  host: "Machine",
  key: "Key",
  kind: "Acts as",
  server: "Wants to reach",
  until: "Waits until",
  may: "What it may do, in your name",
  request: "What for, in your words",
  requestNote: "Values that you write here may decide what it does.",
  verbs: "Verbs",
  locations: "Servers or places",
  label: "Data up to",
  jurisdictions: "Jurisdictions",
  purpose: "Purpose",
  hours: "Hours",
  separated: "with commas between",
  confirm: "Confirm with a passkey",
  refuse: "Refuse",
  because: "Why not",
  busy: "Asking for your passkey",
  responsible: "You answer for it from then on. You can end it under Identities at any time.",
} as const;

export const PAIR_VERBS: readonly (readonly [verb: string, means: string])[] = [
  ["view", "read"],
  ["execute", "change things, each call for itself"],
  ["share", "send to others"],
];

export const PAIR_LEVELS: readonly string[] = ["public", "internal", "confidential", "restricted"];
