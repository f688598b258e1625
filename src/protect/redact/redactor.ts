// SPDX-License-Identifier: Apache-2.0
// Takes out of data what `redact` obligations name. What cannot be looked at whole is withheld whole: a mask that may
// have holes is none.
import { isJsonArray, isJsonObject, type Json, jsonObject, RawNumber } from "../../core/index.ts";
import type { Looked } from "../detect/scanner.ts";
import type { Inspector } from "../inspect.ts";
import { numberText } from "../walk.ts";
import { Plan, type Redaction, type Taken, Tally } from "./plan.ts";
import { maskSeams } from "./seams.ts";
import { type Masking, MaskStream, maskLooked, maskText } from "./stream.ts";

/** The part without what was to go, or why all of it is withheld. */
export type Redacted<T> =
  | { readonly withheld: false; readonly value: T; readonly counts: readonly Taken[] }
  | { readonly withheld: true; readonly why: string };

export interface Redactor {
  text(text: string): Redacted<string>;
  /** Values and member names; a number that has to go becomes a text, or `null` if it is dropped. */
  json(value: Json): Redacted<Json>;
  /** Texts that a reader joins: takes out what crosses from one into the next, and nothing else. */
  seams(texts: readonly string[], names: readonly string[]): Redacted<readonly string[]>;
  stream(): RedactedStream;
}

export interface RedactedStream {
  /** What is certain by now of everything pushed so far. */
  push(piece: string): string;
  /** The rest. */
  flush(): string;
  /** After `flush`. If it is withheld, what came out until then is good, and what was still to come is not there. */
  result(): Redacted<null>;
}

/**
 * Never throws: a fault while masking withholds the part.
 * @param looked - of the inspection of the part that is to be masked: its texts are not looked at again
 */
export function redactor(
  inspector: Inspector,
  redactions: readonly Redaction[],
  looked: readonly Looked[] = [],
): Redactor {
  const plan = new Plan(redactions, inspector.labels);
  const masking = (tally: Tally, names: readonly string[]): Masking => ({
    scanner: inspector.scanner,
    plan,
    tally,
    names,
  });
  return {
    text: (text) =>
      guarded(plan, (tally) => {
        const masked = maskText(text, masking(tally, []));
        return { value: masked.text, failed: masked.failed };
      }),
    json: (value) =>
      guarded(plan, (tally) => {
        const failed: string[] = [];
        let next = 0;
        const mask = (text: string, names: readonly string[]): string => {
          const known = looked[next++];
          // a text that is another one by now is looked at like any
          const isKnown = known?.text === text;
          const masked = isKnown ? maskLooked(known, masking(tally, names)) : maskText(text, masking(tally, names));
          failed.push(...masked.failed);
          return masked.text;
        };
        return { value: maskJson(value, [], mask), failed };
      }),
    seams: (texts, names) =>
      guarded(plan, (tally) => {
        const sewn = maskSeams(texts, masking(tally, names));
        return { value: sewn.texts, failed: sewn.failed };
      }),
    stream: () => guardedStream(plan, (tally) => new MaskStream(masking(tally, []))),
  };
}

type Mask = (text: string, names: readonly string[]) => string;

function maskJson(json: Json, names: readonly string[], mask: Mask): Json {
  if (typeof json === "string") return mask(json, names);
  if (typeof json === "number" || json instanceof RawNumber) {
    const text = numberText(json);
    const masked = mask(text, names);
    if (masked === text) return json;
    return masked === "" ? null : masked;
  }
  if (isJsonArray(json)) return json.map((item) => maskJson(item, names, mask));
  if (!isJsonObject(json)) return json;
  const used = new Set(Object.keys(json));
  return jsonObject(
    Object.entries(json).map(([name, value]) => {
      const masked = mask(name, names);
      const free = masked === name ? name : freeName(masked, used);
      return [free, maskJson(value, [...names, name], mask)] as const;
    }),
  );
}

/** Two names that are masked alike stay two members. */
function freeName(name: string, used: Set<string>): string {
  let free = name === "" ? "dropped" : name;
  for (let i = 2; used.has(free); i++) free = `${name === "" ? "dropped" : name} ${i}`;
  used.add(free);
  return free;
}

interface Done<T> {
  readonly value: T;
  readonly failed: readonly string[];
}

function guarded<T>(plan: Plan, work: (tally: Tally) => Done<T>): Redacted<T> {
  const tally = new Tally();
  try {
    const { value, failed } = work(tally);
    return failed.length > 0 ? notLooked(failed) : { withheld: false, value, counts: tally.taken(plan) };
  } catch (fault) {
    return broken(fault);
  }
}

function guardedStream(plan: Plan, open: (tally: Tally) => MaskStream): RedactedStream {
  const tally = new Tally();
  const stream = open(tally);
  let fault: Redacted<null> | undefined;
  const guard = (work: () => string): string => {
    if (fault !== undefined) return "";
    try {
      return work();
    } catch (cause) {
      fault = broken(cause);
      return "";
    }
  };
  return {
    push: (piece) => guard(() => stream.push(piece)),
    flush: () => guard(() => stream.flush()),
    result() {
      if (fault !== undefined) return fault;
      if (stream.failed.length > 0) return notLooked(stream.failed);
      return { withheld: false, value: null, counts: tally.taken(plan) };
    },
  };
}

function notLooked(checks: readonly string[]): { readonly withheld: true; readonly why: string } {
  return { withheld: true, why: `not looked at whole: ${[...new Set(checks)].toSorted().join(", ")}` };
}

/** The kind of fault, never its text, which may quote the part. */
function broken(fault: unknown): { readonly withheld: true; readonly why: string } {
  return { withheld: true, why: `the mask failed: ${fault instanceof Error ? fault.name : "unknown"}` };
}
