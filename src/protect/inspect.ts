// SPDX-License-Identifier: Apache-2.0
// Says what is in one part of an interaction: its detections, its label, and which checks that rests on.
import type { KeyObject } from "node:crypto";
import {
  type CheckState,
  type Coverage,
  type Detection,
  type Json,
  join,
  type Label,
  NEUTRAL_LABEL,
} from "../core/index.ts";
import { DEFAULT_REGIONS } from "./detect/phone.ts";
import { defaultDetectors, type Looked, Scanner } from "./detect/scanner.ts";
import { type LabelRules, labelOf } from "./labels.ts";
import { type Leaf, leaves } from "./walk.ts";

/** UNIT: bytes of UTF-8. The most that is looked at in one part. */
export const PART_MAX_BYTES: number = 256 * 1024;
/** UNIT: bytes of UTF-8. The most that is looked at in all parts of one interaction. */
export const INTERACTION_MAX_BYTES: number = 2 * 1024 * 1024;

/** What a source gives when nobody declared its label (protect P18). */
export const UNLABELLED: Label = { ...NEUTRAL_LABEL, level: "confidential", trust: "unknown" };

/** One piece of data to look at: parsed JSON, or text. */
export type Part = { readonly json: Json } | { readonly text: string };

export interface InspectContext {
  /** What its source declared of it; {@link UNLABELLED} if nothing. */
  readonly source: Label;
  /** Shared by all parts of one interaction; without it the part stands alone. */
  readonly budget?: LookBudget;
  /** The part may have to be masked: what was found where is kept for that, see {@link Inspection.looked}. */
  readonly mayMask?: true;
}

export interface Inspection {
  readonly label: Label;
  /** In document order; positions in `path`. */
  readonly detections: readonly Detection[];
  readonly coverage: Coverage;
  /** Each text of a part that was looked at whole, in document order. It holds content, and goes with the part. */
  readonly looked?: readonly Looked[];
}

export interface InspectorConfig {
  /** Of `Custody.derive("value")`: the same for every node of a tenant, or values cannot be compared. */
  readonly key: KeyObject;
  readonly labels: LabelRules;
  /** Countries whose national phone numbers are read. */
  readonly regions?: readonly string[];
}

export interface Inspector {
  inspect(part: Part, context: InspectContext): Promise<Inspection>;
  /** For `redactor`: what it looks with, and by which rules. */
  readonly scanner: Scanner;
  readonly labels: LabelRules;
}

/** What is left to look at in one interaction. */
export class LookBudget {
  /** Guarded by {@link take}. */
  private left: number;

  constructor(bytes: number = INTERACTION_MAX_BYTES) {
    this.left = bytes;
  }

  /** Takes up to `bytes`. @returns how many were left to take */
  take(bytes: number): number {
    const taken = Math.min(bytes, this.left);
    this.left -= taken;
    return taken;
  }
}

export function createInspector(config: InspectorConfig): Inspector {
  const scanner = new Scanner(config.key, defaultDetectors(config.regions ?? DEFAULT_REGIONS));
  return inspectorOver(scanner, config.labels);
}

/** An inspector with detectors of its own, for tests of what happens when one breaks. */
export function inspectorOver(scanner: Scanner, labels: LabelRules): Inspector {
  return {
    scanner,
    labels,
    inspect: (part, context) => Promise.resolve(inspectPart({ scanner, labels }, part, context)),
  };
}

function inspectPart(of: Pick<Inspector, "scanner" | "labels">, part: Part, context: InspectContext): Inspection {
  const own = new LookBudget(PART_MAX_BYTES);
  const shared = context.budget ?? new LookBudget();
  const detections: Detection[] = [];
  const states = new Map<string, CheckState>(of.scanner.checks.map((check) => [check, "ran"]));
  const looked: Looked[] = [];
  let isWhole = true;
  let bytes = 0;
  for (const leaf of "text" in part ? [wholeText(part.text)] : leaves(part.json)) {
    const size = Buffer.byteLength(leaf.text);
    const granted = shared.take(own.take(size));
    bytes += granted;
    isWhole &&= granted === size;
    if (granted < size) for (const check of of.scanner.checks) states.set(check, worse(states.get(check), "truncated"));
    // cut by units, of which each is a byte or more: at least what was granted is looked at
    const { hits, missed } = of.scanner.scan(granted < size ? leaf.text.slice(0, granted) : leaf.text, leaf.names);
    looked.push({ text: leaf.text, hits, missed });
    for (const [check, state] of missed) states.set(check, worse(states.get(check), state));
    const where = {
      ...("text" in part ? {} : { path: leaf.path }),
      ...(leaf.kind === "name" && { inName: true as const }),
    };
    detections.push(...hits.map((hit) => ({ ...hit, ...where })));
  }
  const coverage = Object.fromEntries([...states].map(([check, state]) => [check, { state, bytes }]));
  const complete = [...states.values()].every((state) => state === "ran");
  const label = join(context.source, labelOf(of.labels, detections, complete));
  return { label, detections, coverage, ...(context.mayMask === true && isWhole && { looked }) };
}

function wholeText(text: string): Leaf {
  return { kind: "value", text, path: "", names: [] };
}

const WORSE: readonly CheckState[] = ["ran", "skipped", "truncated", "failed"];

function worse(a: CheckState | undefined, b: CheckState): CheckState {
  return WORSE[Math.max(WORSE.indexOf(a ?? "skipped"), WORSE.indexOf(b))] ?? "failed";
}
