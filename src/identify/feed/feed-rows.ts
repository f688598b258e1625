// SPDX-License-Identifier: Apache-2.0
// Rows of the control feed, parsed on the way in: a row is data from a disk.
import { z } from "zod";
import {
  type ControlEntry,
  FEED_EFFECTS,
  instant,
  parseDigest,
  parseOrderId,
  SCOPE_KINDS,
  type TenantId,
} from "../../core/index.ts";
import { IdentifyError } from "../errors.ts";
import type { IdentifyTables } from "../schema.ts";

type FeedRow = IdentifyTables["id_feed"];

const shape = z.object({
  seq: z.number().int(),
  at: z.number().transform(instant),
  kind: z.enum(SCOPE_KINDS),
  id: z.string(),
  effect: z.enum(FEED_EFFECTS),
  order_id: z.string().transform(parseOrderId).nullable(),
  exp: z.number().transform(instant).nullable(),
  why: z.string(),
  synthetic: z.number().transform((flag) => flag === 1),
  head: z.string().transform(parseDigest),
});

/** @throws IdentifyError IDENTIFY_ROW_MALFORMED */
export function readControl(row: FeedRow): ControlEntry {
  try {
    const { order_id: order, exp, ...rest } = shape.parse(row);
    return { ...rest, ...(order === null ? {} : { order }), ...(exp === null ? {} : { exp }) };
  } catch (cause) {
    throw new IdentifyError("IDENTIFY_ROW_MALFORMED", "reading a row of id_feed", { cause });
  }
}

export function writeControl({ order, exp, synthetic, ...rest }: ControlEntry, tenant: TenantId): FeedRow {
  return { ...rest, tenant, order_id: order ?? null, exp: exp ?? null, synthetic: synthetic ? 1 : 0 };
}
