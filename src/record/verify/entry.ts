// SPDX-License-Identifier: Apache-2.0
// What an entry must be before anyone reads its meaning: canonical JSON (RFC 8785), with the header that every entry of a
// Bailiwick log has, written for this very log.
import { checkBound } from "./bound.ts";
import { readUtf8 } from "./bytes.ts";
import { attempt, quoted, VerifyError } from "./fault.ts";
import { type Opening, OpeningChecks } from "./opening.ts";
import type { Report } from "./verdict.ts";

/** Deepest nesting that is followed. */
const MAX_DEPTH = 64;

type Fields = Readonly<Record<string, unknown>>;

const isNatural = (value: unknown): boolean => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const matches =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    typeof value === "string" && pattern.test(value);

/** The header of record L2 and the entry's type. */
const HEADER: Readonly<Record<string, (value: unknown) => boolean>> = {
  v: (value) => value === 1,
  type: isText,
  id: matches(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  log: isText,
  at: isNatural,
  node: isText,
  tenant: isText,
  // 16 bytes in base64url: the last character has four zero bits
  nonce: matches(/^[A-Za-z0-9_-]{21}[AQgw]$/),
};

/** Checks `schema` and `log-binding` of entries that come in the order of their log. */
export class EntryChecks {
  private readonly origin: string;
  private readonly report: Report;
  private readonly openings: OpeningChecks;
  private last = 0;
  /** Signatures of people that hold. */
  approvals = 0;

  constructor(origin: string, report: Report, openings: readonly Opening[] = []) {
    this.origin = origin;
    this.report = report;
    this.openings = new OpeningChecks(openings, origin, report);
  }

  check(entry: Uint8Array, place: string): void {
    const read = attempt(() => readEntry(entry, place));
    if ("reason" in read) {
      this.report.failed("schema", read.reason);
      this.report.notRun("log-binding", `${place}: an entry that cannot be read names no log`);
      return;
    }
    const { log, at } = read.value;
    const signed = attempt(() => checkBound(read.value, place, (value) => canonical(value, place, 0)));
    if ("reason" in signed) this.report.failed("approvals", signed.reason);
    else this.approvals += signed.value;
    if (log !== this.origin) {
      this.report.failed("log-binding", `${place}: it was written for the log ${quoted(String(log))}`);
    }
    if (Number(at) < this.last) this.report.failed("schema", `${place}: its time is before the entry before it`);
    this.last = Number(at);
    this.openings.check(entry, read.value);
  }

  /** @param isWhole - every entry of the log was checked */
  end(isWhole: boolean): void {
    this.openings.end(isWhole);
  }
}

function readEntry(entry: Uint8Array, place: string): Fields {
  const text = readUtf8(entry, place);
  const fields = parseObject(text, place);
  if (canonical(fields, place, 0) !== text) throw new VerifyError(place, "not canonical JSON (RFC 8785)");
  for (const [name, holds] of Object.entries(HEADER)) {
    if (!Object.hasOwn(fields, name) || !holds(fields[name])) {
      throw new VerifyError(place, `the header member \`${name}\` is missing or malformed`);
    }
  }
  return fields;
}

function parseObject(text: string, place: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new VerifyError(place, "not JSON");
  }
  if (!isObject(value)) throw new VerifyError(place, "not a JSON object");
  return value;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Writes the value again: whatever two texts could share (order, spacing, escapes, doubled members) shows up. */
function canonical(value: unknown, place: string, depth: number): string {
  if (depth > MAX_DEPTH) throw new VerifyError(place, `nested deeper than ${MAX_DEPTH}`);
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, place, depth + 1)).join(",")}]`;
  if (isObject(value)) {
    const names = Object.keys(value).toSorted();
    const members = names.map((name) => `${string(name, place)}:${canonical(value[name], place, depth + 1)}`);
    return `{${members.join(",")}}`;
  }
  if (typeof value === "string") return string(value, place);
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new VerifyError(place, "a number that is no whole number within 2^53-1");
  }
  return String(value);
}

function string(text: string, place: string): string {
  if (!text.isWellFormed()) throw new VerifyError(place, "a lone surrogate");
  return JSON.stringify(text);
}
