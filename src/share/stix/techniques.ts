// SPDX-License-Identifier: Apache-2.0
// Names and tactics of techniques: `policies/share/techniques.yaml`, read strictly.
import { z } from "zod";
import { readYaml } from "../yaml.ts";

/** The one form in which a tag of a finding becomes an id that leaves: an ATLAS technique or tactic. */
export const ATLAS_ID: RegExp = /^AML\.TA?[0-9]{4}(?:\.[0-9]{3})?$/;
/** An OWASP id (`ASI03`), the one form in which such a tag leaves. */
export const OWASP_ID: RegExp = /^[A-Z]{2,6}[0-9]{2}$/;

export interface Technique {
  readonly name: string;
  /** Tactics, as names of phases of the kill chain `mitre-atlas`. */
  readonly phases: readonly string[];
}

export type Techniques = ReadonlyMap<string, Technique>;

const file = z.strictObject({
  schema: z.literal("bailiwick-techniques/1"),
  source: z.strictObject({ name: z.literal("mitre-atlas"), version: z.string().regex(/^[0-9]+(\.[0-9]+)*$/) }),
  techniques: z.record(
    z.string().regex(ATLAS_ID, { error: "not the id of an ATLAS technique or tactic, such as AML.T0083" }),
    z.strictObject({
      name: z
        .string()
        .max(120)
        .regex(/^[\p{L}\p{N} :,()'-]+$/u),
      phases: z.array(z.string().regex(/^[a-z][a-z-]*[a-z]$/)).min(1),
    }),
  ),
});

/** Reads the text of a file of techniques. @throws ShareError SHARE_TECHNIQUES_INVALID naming line and member */
export function readTechniques(name: string, text: string): Techniques {
  return new Map(Object.entries(readYaml({ name, text, code: "SHARE_TECHNIQUES_INVALID" }, file).techniques));
}
