// SPDX-License-Identifier: Apache-2.0
// Is this content what an entry committed to? An opening brings the salt of one field and the content; the commitment that is
// made of them again has to be the one that stands in the entry, and the entry is the one whose leaf hash the opening names.
import { createHmac } from "node:crypto";
import { attempt, quoted, VerifyError } from "./fault.ts";
import { leafHash } from "./merkle.ts";
import type { Report } from "./verdict.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What somebody says an entry committed to. */
export interface Opening {
  readonly log: string;
  readonly index: number;
  /** Leaf hash of the entry, base64url. */
  readonly leaf: string;
  readonly field: string;
  /** Absent where the key is destroyed. */
  readonly salt: string | undefined;
  /** Absent where nobody put it in. */
  readonly content: string | undefined;
}

const REF = /^([^#\s]{1,200})#(0|[1-9][0-9]{0,15}):([A-Za-z0-9_-]{43})$/;
const SALT = /^[A-Za-z0-9_-]{43}$/;
/** UNIT: characters. */
const OPENINGS_MAX = 64 * 1024 * 1024;

/** Reads `{"openings": [...]}`, or the list alone. @throws VerifyError */
export function parseOpenings(text: string): readonly Opening[] {
  if (text.length > OPENINGS_MAX) throw new VerifyError("openings", `longer than ${OPENINGS_MAX}`);
  const json = parsed(text);
  const list = Array.isArray(json) ? json : fieldsOf(json)["openings"];
  if (!Array.isArray(list)) throw new VerifyError("openings", "no list of openings");
  return list.map((one: unknown, at) => readOpening(fieldsOf(one), `opening ${at + 1}`));
}

/** Checks the openings of entries as these come by. */
export class OpeningChecks {
  private readonly report: Report;
  private readonly waiting = new Map<string, Opening[]>();
  private opened = 0;

  /** @param origin - openings of other logs are for other checks */
  constructor(openings: readonly Opening[], origin: string, report: Report) {
    this.report = report;
    for (const one of openings) {
      if (one.log === origin) this.waiting.set(one.leaf, [...(this.waiting.get(one.leaf) ?? []), one]);
    }
  }

  check(entry: Uint8Array, fields: Fields): void {
    if (this.waiting.size === 0) return;
    const leaf = Buffer.from(leafHash(entry)).toString("base64url");
    for (const one of this.waiting.get(leaf) ?? []) this.judge(one, fields);
    this.waiting.delete(leaf);
  }

  /** @param isWhole - every entry of the log came by, so that what is left belongs to none */
  end(isWhole: boolean): void {
    const [[left] = []] = [...this.waiting.values()];
    if (left !== undefined && isWhole) this.report.failed("opening", `${placeOf(left)}: no entry has this leaf hash`);
    else if (left !== undefined) this.report.notRun("opening", `${placeOf(left)}: it is of another entry`);
    if (this.opened > 0) this.report.passed("opening", `${this.opened} of the contents are what was committed to`);
  }

  private judge(one: Opening, fields: Fields): void {
    const place = placeOf(one);
    const made = attempt(() => isOpened(one, fields, place));
    if ("reason" in made) this.report.failed("opening", made.reason);
    else if (made.value === undefined) this.report.notRun("opening", `${place}: its salt or its content is missing`);
    else if (made.value) this.opened += 1;
    else this.report.failed("opening", `${place}: the content is not what was committed to`);
  }
}

/** @throws VerifyError where the entry commits to no such field */
function isOpened({ field, salt, content }: Opening, fields: Fields, place: string): boolean | undefined {
  const commitment = commitmentIn(fields, field);
  if (typeof commitment !== "string") throw new VerifyError(place, "the entry commits to no such thing");
  if (salt === undefined || content === undefined) return undefined;
  const mac = createHmac("sha256", Buffer.from(salt, "base64url")).update(`bailiwick/c1\n${field}\n`).update(content);
  return commitment === `c1:${mac.digest("base64url")}`;
}

/** Where each field is committed to: arguments in a decision, what came back in an outcome or in a decision that has one. */
function commitmentIn(fields: Fields, field: string): unknown {
  if (field === "args") return fieldsOf(fields["digests"])["args"];
  const outcome = fields["type"] === "outcome" ? fields : fieldsOf(fields["outcome"]);
  return field === "result" ? outcome["digest"] : undefined;
}

function readOpening(given: Fields, place: string): Opening {
  const { ref, field, salt, content } = given;
  const [, log, index, leaf] = REF.exec(typeof ref === "string" ? ref : "") ?? [];
  if (log === undefined || leaf === undefined) throw new VerifyError(place, "its `ref` names no entry");
  if (typeof field !== "string" || field.includes("\n")) throw new VerifyError(place, "its `field` is no word");
  if (salt !== undefined && (typeof salt !== "string" || !SALT.test(salt)))
    throw new VerifyError(place, "its `salt` is not 32 bytes in base64url");
  if (content !== undefined && typeof content !== "string") throw new VerifyError(place, "its `content` is no text");
  return { log, index: Number(index), leaf, field, salt, content };
}

function placeOf({ field, log, index }: Opening): string {
  return `${quoted(field)} of ${quoted(`${log}#${index}`)}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new VerifyError("openings", "not JSON");
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
