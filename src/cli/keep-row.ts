// SPDX-License-Identifier: Apache-2.0
// Holds and erasures in words.
import type { ErasureView, HoldView } from "../sdk/index.ts";
import { misuse } from "./errors.ts";
import type { Row } from "./table.ts";

/** UNIT: characters. Ids that were made within one minute begin alike. */
const SHORT = 13;

export function shortKept(id: string): string {
  return id.slice(0, SHORT);
}

export function holdRow({ id, state, person, from, to, reason, by, until, lifting }: HoldView): Row {
  const whom = person ?? "everybody";
  const since = from === undefined ? "" : `, from ${from.slice(0, 10)}`;
  const before = to === undefined ? "" : `, before ${to.slice(0, 10)}`;
  const end = until === undefined ? "" : `, until ${until.slice(0, 10)}`;
  const asked = lifting === undefined ? "" : `; ${lifting.by} wants it lifted: ${lifting.because}`;
  return [
    shortKept(id),
    { text: state, style: state === "in force" || state === "lift asked" ? "yellow" : "dim" },
    `${whom}${since}${before}${end}: ${reason} (${by})${asked}`,
  ];
}

export function erasureRow({ id, state, person, by, because, agreedBy, until, holds }: ErasureView): Row {
  const agreed = agreedBy === undefined ? "" : `, agreed by ${agreedBy}`;
  const backups =
    state === "pending backups" && until !== undefined ? `, backups of the key end ${until.slice(0, 10)}` : "";
  const held = holds.length === 0 ? "" : `, held by ${holds.map(shortKept).join(", ")}`;
  return [
    shortKept(id),
    { text: state, style: state === "complete" ? "green" : "yellow" },
    `${person}: ${because} (${by}${agreed})${backups}${held}`,
  ];
}

/** UNIT: characters. Fewer name nothing. */
const BEGINNING_MIN = 6;

/** The one whose id begins so. @throws CliError CLI_OPTION_VALUE */
export function keptNamed(all: readonly { readonly id: string }[], name: string): string {
  const named = name.length < BEGINNING_MIN ? [] : all.filter(({ id }) => id.startsWith(name));
  const [one, other] = named;
  if (one !== undefined && other === undefined) return one.id;
  throw misuse("CLI_OPTION_VALUE", `no one hold begins with ${name}`, "see them all: npx bailiwick record holds");
}
