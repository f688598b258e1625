// SPDX-License-Identifier: Apache-2.0
// Where people agree to a call, and how the call that waits is carried by its own client (enforce E28, E30).
import type { KeyObject } from "node:crypto";
import { type ApprovalPages, RequestStates } from "../enforce/index.ts";
import { systemClock, systemRandom } from "./system.ts";

/** @param key - the same on every node of a deployment */
export function approvalPages(key: KeyObject, publicUrl: string): ApprovalPages {
  return {
    states: new RequestStates(key, { clock: systemClock, random: systemRandom }),
    page: (approval) => `${publicUrl}/approve/${approval}`,
  };
}
