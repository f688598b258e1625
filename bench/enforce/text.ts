// SPDX-License-Identifier: Apache-2.0
// What the bench's calls carry: about 2 KiB of ordinary writing that nobody saw before, so that no memory of an earlier call
// helps. `plain` holds no identifier; `office` one address and one invoice number in each KiB or so.
export const KINDS = ["plain", "office"] as const;
export type Kind = (typeof KINDS)[number];

/** UNIT: UTF-16 units. */
const SIZE = 2048;

export function textOf(kind: Kind, seed: number): string {
  let text = `Note ${seed}.\n`;
  for (let line = 1; text.length < SIZE; line++) text += lineOf(kind, seed, line);
  return text.slice(0, SIZE);
}

function lineOf(kind: Kind, seed: number, line: number): string {
  if (kind === "office" && line % 12 === 6)
    return `Could you write to anna${seed}@example.com about invoice 2026-${seed % 10_000}, and call her later?\n`;
  return `We talked about it at noon on day ${(seed + line) % 30} and everybody was fine with how it went so far.\n`;
}
