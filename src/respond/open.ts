// SPDX-License-Identifier: Apache-2.0
// Puts the room together.
import type { FindingSink } from "../core/index.ts";
import type { Approvals } from "./approvals/approvals.ts";
import { Desk, type DeskPorts } from "./approvals/desk.ts";
import { Rows } from "./approvals/rows.ts";
import type { RespondConfig } from "./config.ts";
import { type ContainmentPorts, ContainmentRoom } from "./containment/containments.ts";
import type { ResponseRules } from "./containment/rules.ts";
import type { Containments } from "./containment/surface.ts";
import { type IncidentPorts, IncidentRoom, type Incidents } from "./incidents/incidents.ts";

export interface RespondPorts extends DeskPorts, ContainmentPorts, IncidentPorts {
  /** What is done about findings. */
  readonly rules: ResponseRules;
}

export interface Respond extends AsyncDisposable, FindingSink {
  readonly approvals: Approvals;
  readonly containments: Containments;
  readonly incidents: Incidents;
}

/**
 * Opens the room over a store that has `RESPOND_SCHEMA`. What was decided and used up before is read back from the record,
 * so nothing may pass the gate before it resolves. Orders of the last process bind when it does.
 * @throws StoreError, RecordError, RespondError RESPOND_ROW_MALFORMED
 */
export async function openRespond(ports: RespondPorts, config: RespondConfig): Promise<Respond> {
  const desk = new Desk(ports, new Rows(ports.store), config);
  await desk.start();
  const containments = new ContainmentRoom(ports, ports.rules, config);
  await containments.start();
  const incidents = new IncidentRoom(ports);
  await incidents.start(containments.list({ active: true }));
  const stopTelling = containments.subscribe((order) => incidents.ordered(order));
  return {
    approvals: desk,
    containments,
    incidents,
    on(finding) {
      // first what stops it; that it is an incident as well is said after
      containments.on(finding);
      incidents.on(finding);
      for (const order of containments.list({ active: true }))
        if (order.finding === finding.id) incidents.ordered(order);
    },
    async [Symbol.asyncDispose]() {
      stopTelling();
      await containments.close();
      await incidents.stop();
      await desk.close();
    },
  };
}
