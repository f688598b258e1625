// SPDX-License-Identifier: Apache-2.0
// Recorded decisions, asked again (decide D46): read from the folder of a log, or from the record that runs, and joined with
// what is kept of them beside it.
import type { KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import {
  ANSWERS,
  type Answer,
  type Clock,
  CoreError,
  type Custody,
  type Instant,
  instant,
  type JsonObject,
  member,
  parseDigest,
  parseEntryId,
  parseInstant,
  referenceOf,
  type Slices,
} from "../core/index.ts";
import {
  type Bundle,
  type Candidate,
  emptySummary,
  type PolicyShelf,
  type RecordedDecision,
  type ReplaySummary,
  readSummary,
  replay,
} from "../decide/index.ts";
import { type RecordRoom, readDomainKeys, readEntries, readSlices } from "../record/index.ts";
import { openCustody } from "../store/index.ts";
import { ServerError } from "./errors.ts";
import { proofsOf } from "./find-entries.ts";
import type { WhyPorts } from "./http/why.ts";
import { loadPolicies } from "./policies.ts";
import { slicesDir } from "./slices.ts";
import { readServerStore } from "./store.ts";
import { systemClock, systemRandom } from "./system.ts";

/** From when to when; absent: from the first, to the last. */
export interface ReplayWindow {
  readonly from?: Instant;
  readonly to?: Instant;
}

/** The tenant of a data folder. */
const TENANT = "main";
const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `all`, `7d`, `36h`, `90m`, or two instants or days with `..` between them. @throws ServerError SERVER_REPLAY_REFUSED */
export function replayWindow(text: string, now: Instant): ReplayWindow {
  if (text === "all") return {};
  const [, count, unit] = /^([1-9][0-9]{0,5})([mhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined)
    return { from: instant(Math.max(0, now - Number(count) * (UNITS_MS[unit] ?? 0))) };
  const [from, to, ...more] = text.split("..");
  if (from === undefined || to === undefined || more.length > 0 || text === "..") throw badWindow(text);
  return {
    ...(from === "" ? {} : { from: instantOf(from, text) }),
    ...(to === "" ? {} : { to: instantOf(to, text) }),
  };
}

function instantOf(text: string, window: string): Instant {
  try {
    return parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  } catch (cause) {
    if (cause instanceof CoreError) throw badWindow(window);
    throw cause;
  }
}

function badWindow(text: string): ServerError {
  return new ServerError("SERVER_REPLAY_REFUSED", `replaying: \`${text}\` is no window of time`, {
    fix: "write 7d, 36h, 90m, all, or two days such as 2026-11-20..2026-11-22",
  });
}

export interface ReplayFolder {
  readonly dataDir: string;
  /** Folder of the candidate set. */
  readonly candidate: string;
  readonly window: string;
  /** What an earlier run came to, as it was kept. */
  readonly from?: unknown;
  readonly signal?: AbortSignal;
  readonly told?: (summary: ReplaySummary) => void;
}

/** Over a data folder, whether or not its server runs. @throws ServerError, RecordError, StoreError */
export async function replayFolder(asked: ReplayFolder): Promise<ReplaySummary> {
  const { dataDir, candidate, window, signal, told } = asked;
  const within = replayWindow(window, systemClock.now());
  const { set, domain } = await loadPolicies(candidate);
  const from = asked.from === undefined ? emptySummary(set.digest, 0) : readSummary(asked.from);
  if (from?.candidate !== set.digest) throw otherCandidate();
  const custody = await openCustody({ dir: dataDir }, { random: systemRandom });
  const slices = readSlices(custody, slicesDir(dataDir), await domainKeysOf(dataDir, custody));
  const decisions = recordedDecisions(readEntries(await onlyLog(dataDir), from.next), slices, within);
  return replay(decisions, { set, domain }, (key) => slices.key(key), {
    from,
    ...(signal === undefined ? {} : { signal }),
    ...(told === undefined ? {} : { told }),
  });
}

/** The keys that are there now: what was erased is undecidable. */
async function domainKeysOf(dataDir: string, custody: Custody): Promise<(domain: string) => KeyObject | undefined> {
  await using store = await readServerStore(dataDir);
  const keys = store === undefined ? new Map<string, KeyObject>() : await readDomainKeys(store, custody, TENANT);
  return (domain) => keys.get(domain);
}

function otherCandidate(): ServerError {
  return new ServerError("SERVER_REPLAY_REFUSED", "going on with a replay: it was of another set", {
    fix: "name another file with --state, or delete this one and begin anew",
  });
}

/** The folder of the one log of a data directory. */
async function onlyLog(dataDir: string): Promise<string> {
  const record = path.join(dataDir, "record");
  const names = await readdir(record).catch((): [] => []);
  // beside a log lie folders that help it, and only a log has a journal
  const [log, ...others] = names.filter((name) => existsSync(path.join(record, name, "journal")));
  if (log !== undefined && others.length === 0) return path.join(record, log);
  throw new ServerError(
    "SERVER_REPLAY_REFUSED",
    `replaying: ${log === undefined ? "no log" : "several logs"} in ${record}`,
    {
      fix: "name the data folder of a server with --data",
    },
  );
}

/** Decisions of policies among entries, each with its slice. */
export async function* recordedDecisions(
  entries: AsyncIterable<{ readonly index: number; readonly entry: JsonObject }>,
  slices: Pick<Slices, "get">,
  { from, to }: ReplayWindow,
): AsyncGenerator<RecordedDecision> {
  const calls = new Map<number, Told>();
  for await (const { index, entry } of entries) {
    const at = instant(Number(member(entry, "at")));
    if (from !== undefined && at < from) continue;
    if (to !== undefined && at >= to) return;
    const read = readDecision(entry, calls);
    if (read === undefined) continue;
    if (member(entry, "shape") === "intent") remember(calls, index, read);
    const id = parseEntryId(textOf(member(entry, "id")));
    yield { index, at, reference: referenceOf(id), ...read, slice: await slices.get(id) };
  }
}

type Told = Pick<RecordedDecision, "input" | "answer" | "identity" | "tool">;

/** Intents whose outcome may still come. */
const CALLS_MAX = 4096;

function remember(calls: Map<number, Told>, index: number, call: Told): void {
  calls.set(index, call);
  const [oldest] = calls.keys();
  if (calls.size > CALLS_MAX && oldest !== undefined) calls.delete(oldest);
}

/** Nothing for an entry that holds no decision of a policy. */
function readDecision(entry: JsonObject, calls: ReadonlyMap<number, Told>): Told | undefined {
  switch (textOf(member(entry, "type"))) {
    case "decision": {
      const tool = member(entry, "tool");
      const interaction = member(entry, "interaction");
      const name = tool === undefined ? member(interaction, "method") : member(tool, "name");
      const server = member(interaction, "server");
      const identity = textOf(member(member(entry, "who"), "identity"));
      return toldOf(member(member(entry, "digests"), "input"), member(entry, "would") ?? member(entry, "answer"), {
        identity,
        tool: `${textOf(server)}/${textOf(name)}`,
      });
    }
    case "outcome": {
      const release = member(entry, "release");
      // whose it was stands in the entry that it is the outcome of
      const by = calls.get(Number(member(member(entry, "of"), "index"))) ?? { identity: "-", tool: "-" };
      return toldOf(member(release, "input"), member(release, "would") ?? member(release, "answer"), by);
    }
    case "event": {
      const data = member(entry, "data");
      if (member(entry, "name") !== "question.answered") return undefined;
      const identity = textOf(member(member(data, "principal"), "id"));
      return toldOf(member(data, "input"), member(data, "answer"), { identity, tool: textOf(member(data, "peer")) });
    }
    default:
      return undefined;
  }
}

function toldOf(input: unknown, answer: unknown, by: Pick<Told, "identity" | "tool">): Told | undefined {
  const known = ANSWERS.find((one): one is Answer => one === answer);
  if (typeof input !== "string" || known === undefined) return undefined;
  return { input: parseDigest(input), answer: known, identity: by.identity, tool: by.tool };
}

function textOf(json: unknown): string {
  return typeof json === "string" ? json : "-";
}

/** What a running server replays with. */
export interface ReplayPorts {
  readonly entries: {
    read(range: {
      readonly from: number;
    }): AsyncIterable<{ readonly ref: { readonly index: number }; readonly entry: JsonObject }>;
  };
  readonly slices: Pick<Slices, "get" | "key">;
}

/** What a running server knows: the set of its folder, and every one that was published. */
function replayPorts({ record, slices, policies, published }: RunningRecord): ReplayPorts & {
  readonly clock: Clock;
  candidate(digest: string): Promise<Candidate | undefined>;
} {
  const candidate = async (digest: string): Promise<Candidate | undefined> => {
    const { bundle } = policies;
    if (bundle?.digest === digest) return bundle;
    return DIGEST.test(digest) ? published.bundle(parseDigest(digest)) : undefined;
  };
  return { entries: record, slices, clock: systemClock, candidate };
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

interface RunningRecord {
  readonly record: ReplayPorts["entries"];
  readonly slices: ReplayPorts["slices"];
  readonly policies: { readonly bundle: Bundle | undefined };
  readonly published: Pick<PolicyShelf, "bundle">;
}

/** The replay and the explanations of a running server. */
export function replayEdges(
  running: RunningRecord & { readonly record: RecordRoom },
  { recorder, whoIs }: Pick<WhyPorts, "recorder" | "whoIs">,
): { readonly replay: ReturnType<typeof replayPorts>; readonly why: WhyPorts } {
  const replayed = replayPorts(running);
  const setOf = async (of: string): Promise<Candidate["set"] | undefined> => (await replayed.candidate(of))?.set;
  const proofs = proofsOf(running.record);
  const why: WhyPorts = { find: (key) => proofs.find(key), slices: running.slices, setOf, recorder, whoIs };
  return { replay: replayed, why };
}

/** UNIT: ms. A request does as much as it can in this time, and the next goes on from its answer. */
const SLICE_OF_TIME_MS = 2000;

/** A part of a replay over the record that runs. `complete`: there was nothing left. */
export async function replayPart(
  { entries, slices }: ReplayPorts,
  candidate: Candidate,
  { window, from }: { readonly window: ReplayWindow; readonly from?: ReplaySummary },
): Promise<{ readonly summary: ReplaySummary; readonly complete: boolean }> {
  const begun = systemClock.monotonic();
  const stop = new AbortController();
  const start = from ?? emptySummary(candidate.set.digest, 0);
  const decisions = recordedDecisions(indexed(entries.read({ from: start.next })), slices, window);
  const summary = await replay(decisions, candidate, (key) => slices.key(key), {
    from: start,
    signal: stop.signal,
    told: () => {
      if (systemClock.monotonic() - begun > SLICE_OF_TIME_MS) stop.abort();
    },
  });
  return { summary, complete: !stop.signal.aborted };
}

async function* indexed(
  entries: ReturnType<ReplayPorts["entries"]["read"]>,
): AsyncGenerator<{ readonly index: number; readonly entry: JsonObject }> {
  for await (const { ref, entry } of entries) yield { index: ref.index, entry };
}
