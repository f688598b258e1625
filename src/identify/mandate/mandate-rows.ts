// SPDX-License-Identifier: Apache-2.0
// Rows of mandates and steps as the words of core, parsed on the way in: a row is data from a disk.
import { z } from "zod";
import {
  type InstanceId,
  type Instant,
  instant,
  isJsonArray,
  MANDATE_STATES,
  type Mandate,
  type MandateId,
  mandateS256,
  parseDigest,
  parseIdentityId,
  parseInstanceId,
  parseJson,
  parseMandateId,
  parseStepGrant,
  parseStepId,
  parseTaskId,
  type StepGrant,
  type StepId,
  stepGrantJson,
  type TenantId,
  writeJson,
} from "../../core/index.ts";
import { IdentifyError } from "../errors.ts";
import type { IdentifyTables } from "../schema.ts";

/** A mandate as its row has it, and since when. */
export interface Held {
  readonly mandate: Mandate;
  readonly opened: Instant;
}

/** One step of a task: whoever holds its key may ask for tokens in it until it ends. */
export interface Step {
  readonly id: StepId;
  readonly mandate: MandateId;
  /** From the first step to this one. */
  readonly path: readonly StepId[];
  readonly instance: InstanceId;
  /** Thumbprint of the key that its tokens are bound to. */
  readonly jkt: string;
  /** The most that a token of this step may let through. */
  readonly grant: StepGrant;
  readonly expires: Instant;
}

type MandateRow = IdentifyTables["id_mandate"];
type StepRow = IdentifyTables["id_step"];

const grant = z.string().transform((text) => parseStepGrant(parseJson(text)));
const mandateShape = z.object({
  id: z.string().transform(parseMandateId),
  task: z.string().transform(parseTaskId),
  grantor: z.string().transform(parseIdentityId),
  holder: z.string().transform(parseIdentityId),
  grant,
  deadline: z.number().transform(instant),
  depth: z.number().int(),
  request: z.string().transform(parseDigest),
  state: z.enum(MANDATE_STATES),
  v: z.number().int(),
});
const stepShape = z.object({
  id: z.string().transform(parseStepId),
  mandate: z.string().transform(parseMandateId),
  instance: z.string().transform(parseInstanceId),
  jkt: z.string(),
  grant,
  expires: z.number().transform(instant),
});

/** @throws IdentifyError IDENTIFY_ROW_MALFORMED */
export function readMandate(row: MandateRow): Held {
  try {
    const parsed = mandateShape.parse(row);
    return { mandate: { ...parsed, s256: mandateS256(parsed) }, opened: instant(row.opened) };
  } catch (cause) {
    throw new IdentifyError("IDENTIFY_ROW_MALFORMED", "reading a row of id_mandate", { cause });
  }
}

export function writeMandate({ mandate, opened }: Held, tenant: TenantId): MandateRow {
  const { s256: _derived, ...members } = mandate;
  return { ...members, tenant, grant: writeJson(stepGrantJson(mandate.grant)), opened };
}

/** @throws IdentifyError IDENTIFY_ROW_MALFORMED */
export function readStep(row: StepRow): Step {
  try {
    return { ...stepShape.parse(row), path: readPath(row.path) };
  } catch (cause) {
    throw new IdentifyError("IDENTIFY_ROW_MALFORMED", "reading a row of id_step", { cause });
  }
}

export function writeStep(step: Step, tenant: TenantId): StepRow {
  return {
    ...step,
    tenant,
    path: JSON.stringify(step.path),
    grant: writeJson(stepGrantJson(step.grant)),
    outcome: null,
  };
}

function readPath(text: string): readonly StepId[] {
  const json = parseJson(text);
  return isJsonArray(json) ? json.map((id) => parseStepId(typeof id === "string" ? id : "")) : [];
}
