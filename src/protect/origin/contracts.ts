// SPDX-License-Identifier: Apache-2.0
// Which tier may decide which argument (protect P34). A role without a row here decides nothing by itself, or is judged
// by other means (labels for `content`, the mandate's constraints for `amount` and `limit`).
import type { Role, Trust } from "../../core/index.ts";

const MET_BY: Partial<Readonly<Record<Role, readonly Trust[]>>> = {
  credential: ["user", "mandate"],
  destroy: ["user", "mandate"],
  payee: ["user", "mandate"],
  grantee: ["user", "mandate"],
  recipient: ["user", "mandate", "directory"],
  url: ["user", "mandate"],
  target: ["user", "mandate", "directory"],
  command: ["user", "mandate"],
  code: ["user", "mandate"],
};

/** Whether an argument of this role has to come from somebody. */
export function isBound(role: Role): boolean {
  return MET_BY[role] !== undefined;
}

/** Whether a value of this trust may decide an argument of this role. */
export function meets(role: Role, trust: Trust): boolean {
  return MET_BY[role]?.includes(trust) ?? true;
}
