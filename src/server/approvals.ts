// SPDX-License-Identifier: Apache-2.0
// The queue of what needs a person, with whoever may answer it. In the demo a key in software answers for the first person
// who is an approver; everywhere else nothing signs yet, so nothing is approved (experience X6).
import {
  type Clock,
  type Custody,
  type EntrySource,
  type FindingSink,
  type IdentityId,
  type Log,
  type Points,
  type Random,
  type Recorder,
  type Store,
  type Timers,
} from "../core/index.ts";
import type { Identify } from "../identify/index.ts";
import {
  type Approvals,
  type Containments,
  createDemoKey,
  type DemoKey,
  type Incidents,
  openRespond,
  type ResponseRules,
} from "../respond/index.ts";
import type { Config } from "./config.ts";
import { containedIdentities, type Surroundings } from "./containment.ts";

export interface ApprovalQueue extends AsyncDisposable {
  readonly approvals: Approvals;
  readonly containments: Containments;
  readonly incidents: Incidents;
  /** Where findings go. */
  readonly sink: FindingSink;
  /** The software key of the demo; absent everywhere else. */
  readonly demoKey?: DemoKey;
}

export interface QueuePorts extends Surroundings {
  readonly store: Store;
  readonly record: Recorder & EntrySource;
  readonly identify: Identify;
  readonly custody: Custody;
  readonly people: ReadonlyMap<string, IdentityId>;
  readonly config: Config;
  readonly demo: boolean;
  /** Where interactions are refused. */
  readonly points: Points;
  /** What is done about findings. */
  readonly rules: ResponseRules;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
}

export async function createQueue(ports: QueuePorts): Promise<ApprovalQueue> {
  const { config, identify, record, demo, people } = ports;
  const holds = (group: string, id: IdentityId): boolean => identify.people.holds(group, id);
  const approver = [...people.values()].find((id) => holds("approver", id));
  const demoKey = demo && approver !== undefined ? await makeDemoKey(ports.custody, approver) : undefined;
  const respond = await openRespond(
    {
      ...ports,
      recorder: record,
      entries: record,
      people: { isActiveHuman: (id) => isActiveHuman(identify, id), holds },
      signers: demoKey === undefined ? [identify.people] : [demoKey, identify.people],
      feed: identify.feed,
      identities: containedIdentities(identify, ports),
      about: (id) => identify.view.get(id),
    },
    { settings: config.respond, demo },
  );
  const stop = identify.feed.subscribe(0, (row) => {
    if (row.effect !== "none") respond.approvals.voidFor([row], row.why);
  });
  return {
    approvals: respond.approvals,
    containments: respond.containments,
    incidents: respond.incidents,
    sink: respond,
    ...(demoKey === undefined ? {} : { demoKey }),
    async [Symbol.asyncDispose]() {
      stop();
      await respond[Symbol.asyncDispose]();
    },
  };
}

async function makeDemoKey(custody: Custody, person: IdentityId): Promise<DemoKey> {
  const { privateKey } = await custody.keyPair("respond/demo", "Ed25519");
  return createDemoKey(privateKey, person);
}

function isActiveHuman(identify: Identify, id: IdentityId): boolean {
  const identity = identify.view.get(id);
  return identity?.kind === "human" && identity.status === "active";
}
