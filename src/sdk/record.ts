// SPDX-License-Identifier: Apache-2.0
// Looking through the record, and the proofs that go along with what is found.
import { type EntryRow, readRow } from "./answers.ts";
import { SdkError } from "./errors.ts";
import { flag, list, maybe, member, members, type Part, text, whole } from "./parts.ts";
import { type Connection, getJson, getText, postStream, query } from "./request.ts";

/** What is searched for; every member that is there has to hold. */
export interface RecordQuery {
  /** One word that can be anything: a reference, an id, an index, a hash, an identity, a time. */
  readonly q?: string;
  /** By kind, such as `identity` or `answer`; one of its values has to hold. */
  readonly terms?: Readonly<Record<string, readonly string[]>>;
  /** RFC 3339, UTC: the first instant that counts. */
  readonly after?: string;
  /** RFC 3339, UTC: the first instant that counts no more. */
  readonly before?: string;
  /** Index of an entry: only older ones are looked at. */
  readonly cursor?: number;
  readonly limit?: number;
  /** Also the hashes that lead from each hit to the root of one checkpoint. */
  readonly proofs?: boolean;
}

export interface RecordHit {
  /** The entry by reference; of the entry itself only what a list shows. */
  readonly row: EntryRow;
  readonly index: number;
  /** Path of its C2SP tlog-proof on this server. */
  readonly proof: string;
  /** Base64, from the leaf's sibling up; where proofs were asked for. */
  readonly path: readonly string[] | undefined;
}

/** Newest first. */
export interface RecordAnswer {
  /** Origin of the log. */
  readonly log: string;
  /** Durable entries. */
  readonly size: number;
  /** Entries before this index can be found by now. */
  readonly indexedThrough: number;
  /** Nothing older is left, and every entry could be found. */
  readonly complete: boolean;
  /** What the answer proves, and what it does not, in words. */
  readonly proves: string;
  /** What the word was taken for. */
  readonly meant: { readonly kind: string; readonly value: string } | undefined;
  readonly next: number | undefined;
  readonly hits: readonly RecordHit[];
  /** The signed note that all proofs end in. */
  readonly checkpoint: string | undefined;
}

export interface RecordClient {
  search(asked: RecordQuery): Promise<RecordAnswer>;
  /** A C2SP tlog-proof, which carries its entry. @param key - index, id or reference of one entry */
  proofText(key: string | number): Promise<string>;
  /**
   * One part of the log as lines, as they come; behind them one line with what proves them.
   * @param wish - `from`: index of its first entry; `ocsf`: the version, where the format is that
   */
  exportPart(wish: ExportWish, signal: AbortSignal): Promise<ExportPart>;
}

export interface ExportWish {
  readonly format: "jsonl" | "ocsf";
  readonly ocsf?: string;
  readonly from: number;
  /** Index after the last entry that is wanted; the end of the log where it is left out. */
  readonly to?: number;
}

export interface ExportPart {
  /** Index of the first entry, and after the last one. */
  readonly from: number;
  readonly to: number;
  /** Durable entries. */
  readonly size: number;
  readonly body: ReadableStream<Uint8Array>;
}

export function recordClient(connection: Connection): RecordClient {
  return {
    search: async (asked) => readAnswer(await getJson(connection, `/api/record/search${asText(asked)}`)),
    exportPart: async (wish, signal) => readPart(await postStream(connection, "/api/record/exports", wish, signal)),
    proofText: (key) => getText(connection, `/api/record/entries/${encodeURIComponent(key)}/tlog-proof`),
  };
}

function readPart({ headers, body }: Response): ExportPart {
  const told = headers.get("bailiwick-export") ?? "";
  const [, from, to, size] = /^([0-9]+)-([0-9]+)\/([0-9]+)$/.exec(told) ?? [];
  if (size === undefined || body === null) {
    throw new SdkError("SDK_ANSWER_MALFORMED", "reading the answer: it does not say which part it is");
  }
  return { from: Number(from), to: Number(to), size: Number(size), body };
}

function asText({ terms = {}, proofs, ...rest }: RecordQuery): string {
  const lists = Object.entries(terms).map(([kind, values]) => [kind, values.join(",")] as const);
  return query({ ...rest, ...Object.fromEntries(lists), ...(proofs === true ? { proofs: 1 } : {}) });
}

function readAnswer(answer: Part): RecordAnswer {
  return {
    log: text(member(answer, "log")),
    size: whole(member(answer, "size")),
    indexedThrough: whole(member(answer, "indexedThrough")),
    complete: flag(member(answer, "complete")),
    proves: text(member(answer, "proves")),
    meant: maybe(member(answer, "meant"), (meant) => ({
      kind: text(member(meant, "kind")),
      value: text(member(meant, "value")),
    })),
    next: maybe(member(answer, "next"), whole),
    hits: list(member(answer, "hits"), readHit),
    checkpoint: maybe(member(answer, "checkpoint"), text),
  };
}

function readHit(hit: Part): RecordHit {
  const { ref, reference, summary } = members(hit);
  return {
    row: readRow({ value: { ref, reference, entry: summary }, at: hit.at }),
    index: whole(member(hit, "index")),
    proof: text(member(hit, "proof")),
    path: maybe(member(hit, "path"), (path) => list(path, text)),
  };
}
