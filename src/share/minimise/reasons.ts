// SPDX-License-Identifier: Apache-2.0
// Why a member did not leave, or not as it was. Codes are kept with a proof (share S18); the words are for people.

/** Those that a profile may give for a member that it leaves out. */
export const DROPS = [
  "identity",
  "free-text",
  "internal-id",
  "internal-name",
  "affairs",
  "extent",
  "own-work",
  "exact-time",
] as const;
export type Drop = (typeof DROPS)[number];

export type RemovalCode =
  | Drop
  | "not-listed"
  | "type-not-listed"
  | "malformed"
  | "reference"
  | "hour"
  | "day"
  | "month"
  | "country";

const WORDS: Readonly<Record<RemovalCode, string>> = {
  identity: "names a person or identity",
  "free-text": "free text: its words may be an attacker's",
  "internal-id": "an id that only means something here",
  "internal-name": "a name that is only used here",
  affairs: "says where and with whom we work",
  extent: "says what data was touched, and how much",
  "own-work": "says how our own work stands",
  "exact-time": "a time of our own work",
  "not-listed": "not in the profile",
  "type-not-listed": "the profile lists no such object",
  malformed: "not what the profile expects there",
  reference: "refers to what does not leave",
  hour: "time cut to the hour",
  day: "time cut to the day",
  month: "time cut to the month",
  country: "place cut to the country",
};

export function reasonText(code: RemovalCode): string {
  return WORDS[code];
}
