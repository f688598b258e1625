// SPDX-License-Identifier: Apache-2.0
// Identities, mandates and programs that wait, in words.
import type { IdentityView, MandateView, PairingView } from "../sdk/index.ts";
import { shortIdentity } from "./entry-row.ts";
import { misuse } from "./errors.ts";
import type { Style } from "./io.ts";
import type { Cell, Row } from "./table.ts";

const STATES: ReadonlyMap<string, Style> = new Map([
  ["active", "green"],
  ["open", "green"],
  ["suspended", "yellow"],
  ["pending", "yellow"],
  ["isolated", "red"],
]);

function stateCell(state: string): Cell {
  const style = STATES.get(state);
  return style === undefined ? { text: state } : { text: state, style };
}

/** Id, state, who answers for it, until when. */
export function identityCells({ id, status, sponsor, expires }: IdentityView): Row {
  return [id, stateCell(status), sponsor === undefined ? "-" : shortIdentity(sponsor), expires ?? "-"];
}

export function identityRows(one: IdentityView): readonly Row[] {
  const { id, status, sponsor, blueprint, purpose, environment, jurisdiction, expires, instances, mandates } = one;
  return [
    ["identity", id],
    ["state", stateCell(status)],
    ["purpose", purpose],
    ["answers for it", sponsor ?? "itself: a person"],
    ...(blueprint === undefined ? [] : [["blueprint", blueprint]]),
    ["place", `${environment}, ${jurisdiction}`],
    ...(expires === undefined ? [] : [["until", expires]]),
    ...instances.map(({ name, status: state, lastProof }): Row => {
      return [
        "instance",
        `${name}, ${state}, ${lastProof === undefined ? "not seen since the start" : `seen ${lastProof}`}`,
      ];
    }),
    ...mandates.map((mandate): Row => ["mandate", mandate]),
  ];
}

export function mandateRows(mandate: MandateView): readonly Row[] {
  return [
    ["mandate", mandate.id],
    ["state", stateCell(mandate.state)],
    ["holder", mandate.holder],
    ["for", mandate.grantor],
    ["verbs", mandate.verbs.join(", ")],
    ...mandate.locations.map((place): Row => ["place", place]),
    ["data up to", mandate.labelMax],
    ["purpose", mandate.purpose],
    ["until", mandate.deadline],
  ];
}

/** Who asks, with which key, for what, and where a person confirms it. */
export function pairingCells({ ref, state, user, host, server, fingerprint, remote }: PairingView): Row {
  return [`/pair/${ref}`, stateCell(state), `${user} at ${host}${remote ? " (remote)" : ""}`, server, fingerprint];
}

/** @throws CliError CLI_ARGUMENTS */
export function wholeId(word: string): string {
  if (/^spiffe:\/\/[^/]+\/[^/]+\/[^/]+(?:\/[^/]+)?$/.test(word)) return word;
  throw misuse("CLI_ARGUMENTS", `${word} is no id`, "npx bailiwick identity list names them: spiffe://...");
}
