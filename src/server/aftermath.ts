// SPDX-License-Identifier: Apache-2.0
// What follows from incidents: their cases, with duties and clocks, and what a partner would be told. An incident that a sign
// opened learns from the record what it may be about.
import type { Clock, Custody, Log, Store } from "../core/index.ts";
import type { Inspector } from "../protect/index.ts";
import { type Cases, loadLibrary, openCases } from "../prove/index.ts";
import type { RecordRoom } from "../record/index.ts";
import type { Watch } from "../watch/index.ts";
import type { ApprovalQueue } from "./approvals.ts";
import type { Config } from "./config.ts";
import { openPreviews, type Previews } from "./previews.ts";
import { everTouched, proposalOf } from "./reach.ts";
import { regulationsOf } from "./regimes.ts";

export interface AftermathPorts {
  readonly store: Store;
  readonly record: RecordRoom;
  readonly custody: Pick<Custody, "derive">;
  readonly inspector: Inspector;
  readonly queue: ApprovalQueue;
  readonly watch: Watch;
  readonly config: Config;
  /** The package: where `policies/` is. */
  readonly root: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Aftermath {
  readonly cases: Cases;
  readonly previews: Previews;
}

/** @throws ProveError, ShareError for files that cannot be used; StoreError */
export async function openAftermath(ports: AftermathPorts): Promise<Aftermath> {
  const { store, record, custody, inspector, queue, watch, config, root, clock } = ports;
  const library = await loadLibrary(regulationsOf(config, root), config.prove.entities);
  learnReach(ports);
  const cases = await openCases({ store, recorder: record, clock, incidents: queue.incidents }, library);
  const previews = await openPreviews({
    root,
    key: custody.derive("share-ids"),
    inspector,
    findings: () => watch.list(),
    producer: cases.entities[0]?.name ?? config.trustDomain,
    clock,
  });
  return { cases, previews };
}

function learnReach({ record, queue: { incidents }, log }: AftermathPorts): void {
  incidents.subscribe((event, { id, identities, findings }) => {
    const [about] = identities;
    if (event !== "incident.opened" || about === undefined || findings.length === 0) return;
    const because = "what it read and where it sent anything, by the record";
    everTouched(record, about)
      .then((blast) => incidents.change(id, proposalOf(blast), "system", because))
      .catch((cause: unknown) =>
        log.fault("SERVER_REACH", { why: cause instanceof Error ? cause.message : "unknown" }),
      );
  });
}
