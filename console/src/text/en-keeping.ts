// SPDX-License-Identifier: Apache-2.0
// The words for what is held and who is erased.

export const keeping = {
  title: "Held and erased",
  nothing: "Nothing is held, and nobody is to be erased.",
  how: "Asked for at the command line: record hold, record unhold, record erase. What ends in something being gone needs a second person here.",
  everybody: "everybody",
  holds: "Legal holds",
  erasures: "People to be erased",
  hold: (whom: string, reason: string, by: string): string => `${whom}: ${reason} (${by})`,
  between: (from: string, to: string): string =>
    `${from === "" ? "the first entry" : from} to ${to === "" ? "now" : to}`,
  wantsLift: (by: string, because: string): string => `${by} wants it lifted: ${because}`,
  erase: (person: string, because: string, by: string): string => `${person}: ${because} (${by})`,
  backups: (until: string): string => `The last backup of the key ends ${until}.`,
  means: "The name, the passkeys and the key go for good. Entries and their proofs stay, and lead to nobody.",
  sign: "Agree with a passkey",
  signing: "Waiting for your passkey…",
  done: "Agreed. It is in the record.",
} as const;
