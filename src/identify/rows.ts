// SPDX-License-Identifier: Apache-2.0
// Rows of the registry as the words of core, parsed on the way in: a row is data from a disk.
import { z } from "zod";
import {
  type BlueprintRef,
  IDENTITY_KINDS,
  IDENTITY_STATUSES,
  type Identity,
  type InstanceId,
  type Instant,
  instant,
  isJsonObject,
  parseIdentityId,
  parseInstanceId,
  parseJson,
  parseTenantId,
} from "../core/index.ts";
import { IdentifyError } from "./errors.ts";
import type { CallerKey, CallerKeys } from "./keys.ts";
import { readPublicJwk } from "./keys.ts";
import type { IdentifyTables } from "./schema.ts";

/** A running copy of an identity, with its own key. */
export interface Instance {
  readonly id: InstanceId;
  readonly status: "active" | "retired";
  readonly key: CallerKey;
  /** Until when it counts unless it is renewed; absent for one that the configuration declares. */
  readonly lease?: Instant;
  /** Row version. */
  readonly v: number;
}

/** An identity, and what of its life the registry alone needs. */
export interface Registered {
  readonly identity: Identity;
  /** That person may not resume it. */
  readonly suspendedBy?: string;
  /** When it was active last and ceased to be: what it was given up to then is dead for ever (identify I4). */
  readonly left?: Instant;
}

type IdentityRow = IdentifyTables["id_identity"];
type InstanceRow = IdentifyTables["id_instance"];

const identityShape = z.object({
  id: z.string().transform(parseIdentityId),
  tenant: z.string().transform(parseTenantId),
  kind: z.enum(IDENTITY_KINDS),
  status: z.enum(IDENTITY_STATUSES),
  expires: z.number().transform(instant),
  sponsor: z.string().transform(parseIdentityId).nullable(),
  left_active: z.number().transform(instant).nullable(),
});

/** @throws IdentifyError IDENTIFY_ROW_MALFORMED */
export function readIdentity(row: IdentityRow): Registered {
  try {
    const { sponsor, left_active: left, ...parsed } = identityShape.parse(row);
    const identity: Identity = {
      ...parsed,
      ...(sponsor === null ? {} : { sponsor }),
      purpose: row.purpose,
      environment: row.environment,
      jurisdiction: row.jurisdiction,
      synthetic: row.synthetic === 1,
      ...blueprintOf(row),
      v: row.v,
    };
    return {
      identity,
      ...(row.suspended_by === null ? {} : { suspendedBy: row.suspended_by }),
      ...(left === null ? {} : { left }),
    };
  } catch (cause) {
    throw new IdentifyError("IDENTIFY_ROW_MALFORMED", "reading a row of id_identity", { cause });
  }
}

export function writeIdentity({ identity, suspendedBy, left }: Registered): IdentityRow {
  return {
    tenant: identity.tenant,
    id: identity.id,
    kind: identity.kind,
    status: identity.status,
    suspended_by: suspendedBy ?? null,
    left_active: left ?? null,
    sponsor: identity.sponsor ?? null,
    purpose: identity.purpose,
    environment: identity.environment,
    jurisdiction: identity.jurisdiction,
    expires: identity.expires,
    synthetic: identity.synthetic ? 1 : 0,
    blueprint: identity.blueprint?.id ?? null,
    blueprint_version: identity.blueprint?.version ?? null,
    v: identity.v,
  };
}

function blueprintOf(row: IdentityRow): { readonly blueprint?: BlueprintRef } {
  if (row.blueprint === null || row.blueprint_version === null) return {};
  return { blueprint: { id: row.blueprint, version: row.blueprint_version } };
}

/** @throws IdentifyError IDENTIFY_ROW_MALFORMED */
export async function readInstance(row: InstanceRow, keys: CallerKeys): Promise<Instance> {
  const json = parseJson(row.jwk);
  const jwk = isJsonObject(json) ? readPublicJwk(json) : undefined;
  const key = jwk === undefined ? undefined : await keys.import(jwk);
  if (key === undefined || key.jkt !== row.jkt) {
    throw new IdentifyError(
      "IDENTIFY_ROW_MALFORMED",
      "reading a row of id_instance: its key does not fit its thumbprint",
    );
  }
  const status = row.status === "active" ? "active" : "retired";
  const lease = row.lease === null ? {} : { lease: instant(row.lease) };
  return { id: parseInstanceId(row.id), status, key, ...lease, v: row.v };
}

export function writeInstance(instance: Instance, tenant: string, identity: string): InstanceRow {
  return {
    tenant,
    id: instance.id,
    identity,
    status: instance.status,
    jkt: instance.key.jkt,
    jwk: JSON.stringify(instance.key.jwk),
    lease: instance.lease ?? null,
    v: instance.v,
  };
}
