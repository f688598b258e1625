// SPDX-License-Identifier: Apache-2.0
// Puts the room together.
import type { Store } from "../core/index.ts";
import type { Approvals } from "./approvals/approvals.ts";
import { Desk, type DeskPorts } from "./approvals/desk.ts";
import { Rows } from "./approvals/rows.ts";
import type { RespondConfig } from "./config.ts";

export interface RespondPorts extends DeskPorts {
  readonly store: Store;
}

export interface Respond extends AsyncDisposable {
  readonly approvals: Approvals;
}

/**
 * Opens the room over a store that has `RESPOND_SCHEMA`. What was decided and used up before is read back from the record,
 * so nothing may pass the gate before it resolves.
 * @throws StoreError, RecordError, RespondError RESPOND_ROW_MALFORMED
 */
export async function openRespond(ports: RespondPorts, config: RespondConfig): Promise<Respond> {
  const desk = new Desk(ports, new Rows(ports.store), config);
  await desk.start();
  return { approvals: desk, [Symbol.asyncDispose]: () => desk.close() };
}
