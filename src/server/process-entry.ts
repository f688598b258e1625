// SPDX-License-Identifier: Apache-2.0
// That the server began, and that it ended, as the record has it.
import { type AdminDraft, jsonObject } from "../core/index.ts";

export function processEntry(name: "process.started" | "process.stopped", publicUrl: string): AdminDraft {
  return {
    type: "admin",
    name,
    by: "system",
    because: "asked by the operator",
    data: jsonObject([["publicUrl", publicUrl]]),
  };
}
