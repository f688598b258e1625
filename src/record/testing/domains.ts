// SPDX-License-Identifier: Apache-2.0
// Erasure domains whose keys are stored in memory, for tests and benches.
import type { Clock, Custody, Random } from "../../core/index.ts";
import { type DomainRow, type DomainShelf, Domains } from "../keep/domains.ts";

/** @param rows - what is stored, which may outlive the record that writes it, as a database does */
export function testDomains(
  ports: { readonly custody: Custody; readonly clock: Clock; readonly random: Random },
  rows: DomainRow[] = [],
  shelf: DomainShelf = { add: (row) => Promise.resolve(void rows.push(row)) },
): Domains {
  return new Domains({ ...ports, shelf, under: ports.custody.derive("record/domains") }, rows);
}
