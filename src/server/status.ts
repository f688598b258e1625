// SPDX-License-Identifier: Apache-2.0
// What is true now: the document behind `bailiwick status`.

import { existsSync } from "node:fs";
import path from "node:path";
import {
  type Clock,
  type Decider,
  type DomainId,
  formatInstant,
  type Instant,
  type Json,
  jsonObject,
  type Store,
} from "../core/index.ts";
import type { Bundle, PolicyShelf, Releases } from "../decide/index.ts";
import type { UpstreamServer } from "../enforce/index.ts";
import type { Identify } from "../identify/index.ts";
import type { RecordRoom, RecordStatus, SearchRoom } from "../record/index.ts";
import { RESTORED_FILE } from "../store/index.ts";
import type { Config } from "./config.ts";
import { modeMembers, modeOfAll, modeWarnings } from "./modes.ts";
import { policyWarnings } from "./policy-warnings.ts";

export interface StatusFacts {
  readonly config: Config;
  readonly publicUrl: string;
  readonly startedAt: Instant;
  readonly io: { readonly demo: boolean; readonly version: string };
  readonly record: RecordRoom;
  readonly search: Pick<SearchRoom, "indexedThrough">;
  readonly identify: Identify;
  readonly bundle: Bundle;
  readonly servers: ReadonlyMap<string, UpstreamServer>;
  readonly releases: Releases;
  readonly published: PolicyShelf;
  readonly policies: { readonly bundle: Bundle | undefined };
  readonly now: Instant;
  readonly current: ReturnType<Decider["current"]>;
}

type Rooms = Pick<
  StatusFacts,
  "record" | "search" | "identify" | "bundle" | "servers" | "releases" | "published" | "policies"
> & {
  readonly decider: Pick<Decider, "current">;
};

type Around = Pick<StatusFacts, "config" | "publicUrl" | "startedAt" | "io"> & {
  readonly domain: DomainId;
  readonly clock: Clock;
};

/** The document as things are now. */
export function statusNow(rooms: Rooms, { domain, clock, ...around }: Around): Json {
  const bundle = rooms.policies.bundle ?? rooms.bundle;
  return statusDocument({ ...rooms, ...around, bundle, now: clock.now(), current: rooms.decider.current(domain) });
}

function statusDocument(facts: StatusFacts): Json {
  const { config, publicUrl, record, identify, current } = facts;
  const { state, origin, size, published, rollback, secondSignature, witnesses } = record.status();
  const identities = identify.registry.list();
  return jsonObject([
    ["version", facts.io.version],
    ["mode", modeOfAll(facts.releases.list(), config.mcp.mode, facts.now)],
    ["demo", facts.io.demo],
    ["dataDir", config.dataDir],
    ["startedAt", formatInstant(facts.startedAt)],
    ["publicUrl", publicUrl],
    ["servers", [...facts.servers.values()].map((server) => serverOf(server, facts))],
    [
      "record",
      jsonObject([
        ["log", config.record.name],
        ["origin", origin],
        ["size", size],
        ["published", published],
        ["indexedThrough", facts.search.indexedThrough],
        ["state", state],
        ["rollback", rollback],
        ["secondSignature", secondSignature],
        ["witnesses", witnesses.state],
      ]),
    ],
    ["policies", current === null ? null : policiesOf(facts, current)],
    [
      "identities",
      jsonObject([
        ["active", identities.filter((identity) => identity.status === "active").length],
        ["total", identities.length],
      ]),
    ],
    ["warnings", warningsOf(facts)],
  ]);
}

function serverOf(server: UpstreamServer, { releases, now }: StatusFacts): Json {
  const { operator, jurisdiction } = server.destination;
  return jsonObject([
    ["id", server.id],
    ["url", server.resource],
    ["operator", operator],
    ["jurisdiction", jurisdiction],
    ["tools", server.tools.size],
    // a stdio upstream is started for each session, so there is nothing that could be down between them
    ["state", "ready"],
    ...modeMembers(releases.get(server.id), now),
  ]);
}

function policiesOf({ bundle, published }: StatusFacts, current: NonNullable<ReturnType<Decider["current"]>>): Json {
  return jsonObject([
    ["domain", bundle.domain],
    ["name", published.set(current.digest)?.name ?? bundle.name],
    ["digest", current.digest],
    ["policies", current.policies],
    ["since", formatInstant(current.since)],
  ]);
}

function warningsOf(facts: StatusFacts): string[] {
  const { record, bundle, config, releases, now, current } = facts;
  const { state, missed, rollback, hasRoom, freeBytes, secondSignature, witnesses } = record.status();
  return [
    ...(existsSync(path.join(config.dataDir, RESTORED_FILE))
      ? ["restored from a backup: agents wait until `bailiwick store reopen`"]
      : []),
    ...modeWarnings(releases.list(), now),
    ...policyWarnings(facts, config.policies, current, now),
    ...(state === "open" ? [] : [`the record is ${state}: effects are refused`]),
    ...(missed === 0 ? [] : [`${missed} refusals wait to be counted in the record`]),
    ...(config.policies.watch ? ["policies.watch on, fourEyes off: a saved rule is in force at once (demo only)"] : []),
    ...(config.respond.approvals.fourEyes
      ? []
      : ["respond.approvals.fourEyes off: where a remedy says so, people agree to what is asked on their own behalf"]),
    ...(hasRoom ? [] : [`the record's disk has ${Math.floor(freeBytes / 2 ** 20)} MiB left`]),
    ...rollbackWarnings(rollback, config),
    ...(secondSignature === "signed" ? [] : ["second-signature: not-run (this Node.js has no ML-DSA-44)"]),
    ...witnessWarnings(witnesses),
    ...bundle.problems.map((problem) => `${problem.file}:${problem.line}: ${problem.text}`),
  ];
}

/** Whether the world is told less, or with less behind it, for want of witnesses (record L29). */
function witnessWarnings({ state, lagMs }: RecordStatus["witnesses"]): string[] {
  const seconds = Math.round(lagMs / 1000);
  if (state === "missed") return [`too few witnesses cosign: nothing new is published for ${seconds} s`];
  return state === "unwitnessed" ? [`unwitnessed: for ${seconds} s too few witnesses cosign what is published`] : [];
}

/** Whether an old copy of the log, put in its place, would show (record L24). */
export function rollbackWarnings(rollback: RecordStatus["rollback"], { record, store, dataDir }: Config): string[] {
  if (rollback === "not detectable")
    return [`rollback of the record: ${rollback} (no witness, and record.guard is none)`];
  if (record.guard === "none" || (record.guard === "sql" && store.postgres !== undefined)) return [];
  if (record.guard === "sql") {
    return [
      "rollback of the record: the guard's database is in the data directory, an old copy of all of it does not show",
    ];
  }
  const file = record.guard.slice("file:".length);
  return path.relative(dataDir, file).startsWith("..")
    ? []
    : ["rollback of the record: the guard's file is in the data directory, an old copy of all of it does not show"];
}

/** Why no call would pass now, by part; empty when all is well. */
export function readiness(record: Pick<RecordRoom, "status">, store: Pick<Store, "health">): readonly string[] {
  const { state } = record.status();
  const { ok, why } = store.health();
  return [...(state === "open" ? [] : [`record: ${state}`]), ...(ok ? [] : [`store: ${why}`])];
}
