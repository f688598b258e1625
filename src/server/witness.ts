// SPDX-License-Identifier: Apache-2.0
// Witnesses of this server's log, and the witness that this server is for the logs of others; what is not well with either
// is an entry, and by it a finding.
import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";
import {
  type AdminDraft,
  type Custody,
  type EventDraft,
  type IdentityId,
  jsonObject,
  type Log,
  quote,
  type Recorder,
  type Store,
  type Timers,
} from "../core/index.ts";
import type { RecordRoom } from "../record/index.ts";
import { type Fork, openWitness, type Witness } from "../record/witness/index.ts";
import { whoIs } from "./access.ts";
import type { Config } from "./config.ts";
import { ServerError } from "./errors.ts";
import type { LogRoutePorts } from "./http/log.ts";
import { mountWitness, type WitnessRoutePorts } from "./http/witness.ts";
import { originOf } from "./kept.ts";
import { openOutbound } from "./outbound/client.ts";
import { systemClock, systemTimers } from "./system.ts";

/** UNIT: ms. A quorum that is missed for longer is a finding (record L29). */
const LAG_TOLD_MS = 10_000;
const LOOK_MS = 1000;
/** An outside text in an entry has at most 512 bytes (record L1). */
const WHY_MAX_CHARS = 120;

export interface WitnessRoomPorts {
  readonly store: Store;
  readonly custody: Custody;
  readonly log: Log;
}

export interface WitnessPlace {
  readonly config: Config;
  readonly publicUrl: string;
  /** Closes what was opened, last first. */
  readonly opened: AsyncDisposableStack;
}

/** The name of this server's witness for everybody. */
function witnessNameOf({ record }: Pick<Config, "record">, publicUrl: string): string {
  return record.witness.server.name ?? `${new URL(publicUrl).hostname}/witness`;
}

export function openServerWitness(
  ports: WitnessRoomPorts,
  { config, publicUrl, opened }: WitnessPlace,
): Promise<Witness> {
  const { witness } = config.record;
  // its own, since the record asks witnesses for as long as it is open
  const outbound = opened.use(openOutbound());
  return openWitness(
    { ...ports, outbound, clock: systemClock, timers: systemTimers, read: readPolicy },
    {
      ...witness,
      origin: originOf(config, publicUrl),
      server: { ...witness.server, name: witnessNameOf(config, publicUrl) },
    },
  );
}

async function readPolicy(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => {
    throw new ServerError("SERVER_CONFIG_INVALID", `reading the policy ${quote(file)}`, {
      cause,
      fix: "name a tlog-policy file that is there: `record.witness` in bailiwick.yaml",
    });
  });
}

/** Writes down what is not well with witnessing, each thing once. @returns ends it */
export function noticeWitness(
  witness: Pick<Witness, "client" | "watchForks">,
  record: Pick<RecordRoom, "note" | "status">,
  timers: Pick<Timers, "every"> = systemTimers,
): () => void {
  const { origin } = record.status();
  const stopForks = witness.watchForks((fork) => record.note(forkSeen(fork)));
  const stopTroubles = witness.client?.watch(({ witness: name, detail }) =>
    record.note(noticed("witness-refused", origin, { witness: name, why: detail.slice(0, WHY_MAX_CHARS) })),
  );
  let isTold = false;
  const look = (): void => {
    const { lagMs } = record.status().witnesses;
    if (lagMs >= LAG_TOLD_MS && !isTold) record.note(noticed("witness-lag", origin, { seconds: String(lagMs / 1000) }));
    isTold = lagMs >= LAG_TOLD_MS;
  };
  const stopLooks = witness.client === undefined ? undefined : timers.every(LOOK_MS, look);
  return () => {
    stopForks();
    stopTroubles?.();
    stopLooks?.();
  };
}

function forkSeen({ id, origin, size }: Fork): EventDraft {
  return noticed("log-fork", origin, { fork: id, size: String(size) });
}

function noticed(code: string, log: string, more: Readonly<Record<string, string>>): EventDraft {
  return {
    type: "event",
    name: "witness.noticed",
    data: jsonObject([["code", code], ["log", log], ...Object.entries(more)]),
  };
}

/** Mounts the witness; answers what the control API shows of it, and what strangers read of the log. */
export function witnessEdge(
  app: FastifyInstance,
  rooms: Parameters<typeof whoIs>[0] & { readonly record: RecordRoom; readonly witness: Witness },
  { config, publicUrl }: Pick<WitnessPlace, "config" | "publicUrl">,
): WitnessRoutePorts & { readonly log: LogRoutePorts } {
  const { record, witness } = rooms;
  const submitTo = `${publicUrl}/witness`;
  const ours = witness.desk === undefined ? undefined : { url: submitTo, vkeys: witness.desk.vkeys };
  mountWitness(app, witness);
  const isPublic = config.record.read.tiles === "public";
  return {
    witness,
    record,
    submitTo,
    log: { record, name: config.record.name, publicUrl, isPublic, witness: ours },
    whoIs: ({ headers }) => whoIs(rooms, headers),
    clear: (wish) => clearFork(witness, record, wish),
  };
}

/** What one person says about a lie. It loosens, so it is on disk before it counts (record L15). */
async function clearFork(
  witness: Witness,
  recorder: Pick<Recorder, "append">,
  { id, by, because }: { readonly id: string; readonly by: IdentityId; readonly because: string },
): Promise<"one" | "two" | "refused" | undefined> {
  const fork = (await witness.desk?.forks())?.find((one) => one.id === id);
  if (fork === undefined || witness.desk === undefined) return undefined;
  if (!fork.isOpen || fork.clearedBy.includes(by)) return "refused";
  await recorder.append(cleared(fork, by, because));
  return (await witness.desk.clear(id, by)) ?? "refused";
}

function cleared({ id, origin, clearedBy }: Fork, by: IdentityId, because: string): AdminDraft {
  const data = jsonObject([
    ["fork", id],
    ["log", origin],
    ["people", String(clearedBy.length + 1)],
  ]);
  return { type: "admin", name: "witness.cleared", by, because, data };
}
