// SPDX-License-Identifier: Apache-2.0
// What each sign weighs: `policies/watch/detectors.yaml`, read strictly. A sign without a weight is a fault at the start, so
// that none is raised with a guess.
import { parse } from "yaml";
import { z } from "zod";
import { DETECTORS, type DetectorId, type Finding, SEVERITIES, type Severity } from "../core/index.ts";
import { WatchError } from "./errors.ts";

/** Every sign that a detector can give. */
const SIGNS: Readonly<Record<DetectorId, readonly string[]>> = {
  decoy: ["used", "used-copy", "presented", "opened", "opened-copy"],
  fork: ["proof-replayed"],
  "credential-misuse": ["wrong-audience", "wrong-key", "wrong-environment", "revoked"],
  "tool-drift": ["changed", "appeared", "altered", "hides", "shadows", "beside"],
  "after-containment": ["acted", "evades"],
  "sign-in": ["setup-link-again", "session-copied", "passkey-copied"],
  observing: ["ended"],
  policy: ["unconfirmed"],
  platform: ["log-fork", "witness-refused", "witness-lag"],
};

export interface Weights {
  readonly tags: (detector: DetectorId) => Finding["tags"];
  readonly severity: (detector: DetectorId, code: string) => Severity;
  /** UNIT: ms. */
  readonly triageMs: (severity: Severity) => number;
}

const HOUR_MS = 3_600_000;
const severity = z.enum(SEVERITIES);
const row = z.strictObject({
  tags: z.strictObject({ owasp: z.array(z.string()), atlas: z.array(z.string()) }),
  severity: z.record(z.string(), severity),
});
const file = z.strictObject({
  schema: z.literal("bailiwick-detectors/1"),
  triageHours: z.record(
    severity,
    z
      .number()
      .min(0.1)
      .max(24 * 90),
  ),
  detectors: z.record(z.enum(DETECTORS), row),
});

/** Reads the text of a file of detectors. @throws WatchError WATCH_DETECTORS_INVALID naming the member */
export function readWeights(name: string, text: string): Weights {
  const invalid = (why: string, cause?: unknown): WatchError =>
    new WatchError("WATCH_DETECTORS_INVALID", `reading detectors ${name}: ${why}`, { cause });
  let parsed: ReturnType<typeof file.safeParse>;
  try {
    parsed = file.safeParse(parse(text, { uniqueKeys: true, maxAliasCount: 0 }));
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : "not YAML", cause);
  }
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
  }
  const { detectors, triageHours } = parsed.data;
  for (const [detector, signs] of Object.entries(SIGNS)) {
    const weighed = new Map(Object.entries(detectors)).get(detector)?.severity ?? {};
    const missing = signs.find((sign) => !Object.hasOwn(weighed, sign));
    if (missing !== undefined) throw invalid(`detectors.${detector}.severity has no ${missing}`);
    const strange = Object.keys(weighed).find((sign) => !signs.some((known) => known === sign));
    if (strange !== undefined) throw invalid(`detectors.${detector}.severity: there is no sign ${strange}`);
  }
  return {
    tags: (detector) => detectors[detector].tags,
    severity: (detector, code) => new Map(Object.entries(detectors[detector].severity)).get(code) ?? "high",
    triageMs: (level) => Math.round(triageHours[level] * HOUR_MS),
  };
}
