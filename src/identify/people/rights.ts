// SPDX-License-Identifier: Apache-2.0
// Which role gives which rights: one file of data (identify I55). A word that is not known here stops the start, so that
// nobody has more or less than what somebody wrote down.
import { parse } from "yaml";
import { z } from "zod";
import { PERSON_ROLES, type PersonRole } from "../../core/index.ts";
import { IdentifyError } from "../errors.ts";

/** What a route of the control API may ask of whoever comes. */
export const RIGHTS = [
  "record.read",
  "record.open",
  "record.keep",
  "people.read",
  "people.manage",
  "approve",
  "contain",
  "release",
  "incident.manage",
  "identity.manage",
  "mandate.open",
  "pair",
  "connect.manage",
  "policy.publish",
  "decide.explain",
] as const;
export type Right = (typeof RIGHTS)[number];

/** The table of roles. */
export interface Rights {
  /** Whether one of these roles gives the right; anybody who is signed in has what everyone has. */
  has(roles: readonly PersonRole[], right: Right): boolean;
  /** Roles that give it. */
  givers(right: Right): readonly PersonRole[];
}

const rights = z.array(z.enum(RIGHTS));
const shape = z.strictObject({
  schema: z.literal("bailiwick-roles/1"),
  everyone: rights,
  roles: z.partialRecord(z.enum(PERSON_ROLES), rights),
});

/** @throws IdentifyError IDENTIFY_ROLES for a file that cannot be used */
export function readRights(file: string, text: string): Rights {
  const read = shape.safeParse(parseYaml(file, text));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw refused(file, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "malformed"}`);
  }
  const { everyone, roles } = read.data;
  if (roles.owner?.includes("people.manage") !== true)
    throw refused(file, "roles.owner: without people.manage nobody could ever change who may do what");
  const givers = (right: Right): readonly PersonRole[] =>
    PERSON_ROLES.filter((role) => roles[role]?.includes(right) === true);
  return {
    has: (held, right) => everyone.includes(right) || held.some((role) => roles[role]?.includes(right) === true),
    givers,
  };
}

function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw refused(file, "not YAML", cause);
  }
}

function refused(file: string, why: string, cause?: unknown): IdentifyError {
  return new IdentifyError("IDENTIFY_ROLES", `reading ${file}: ${why}`, {
    cause,
    fix: "compare it with policies/roles.yaml of the package",
  });
}
