// SPDX-License-Identifier: Apache-2.0
// Carries one judged request to the upstream and says what came of it. It never throws: what failed is an outcome too, and
// after bytes have left nobody may say that nothing happened.
import {
  type Clock,
  canonicalize,
  type EntryOutcome,
  isJsonObject,
  type JsonObject,
  member,
  type Recorder,
  type Standing,
  writeJson,
} from "../../core/index.ts";
import { EnforceError } from "../errors.ts";
import type { Effected } from "../gate.ts";
import type { Child } from "./child.ts";
import { type RequestId, request, withMembers } from "./message.ts";

/** An upstream's answer, or why there is none. */
export type Carried = { readonly response: JsonObject } | { readonly lost: "cancelled" | "unknown" };

export interface CarryPorts {
  readonly clock: Clock;
  readonly recorder: Recorder;
}

export interface Errand {
  readonly child: Child;
  readonly standing: Standing;
  readonly id: RequestId;
  readonly method: string;
  readonly params: JsonObject;
  readonly waitMs: number;
  readonly objects: EntryOutcome["objects"];
  /** Changes what came back before it is digested and released. */
  readonly change: (result: JsonObject) => JsonObject;
}

export async function carry(ports: CarryPorts, errand: Errand): Promise<Effected<Carried>> {
  const started = ports.clock.monotonic();
  const message = request(errand.id, errand.method, errand.params);
  const bytesOut = Buffer.byteLength(writeJson(message));
  const said = (result: EntryOutcome["result"], bytesIn: number): EntryOutcome => ({
    result,
    bytesIn,
    bytesOut,
    ms: Math.round(ports.clock.monotonic() - started),
    objects: result === "completed" ? errand.objects : [],
  });
  try {
    const { response, bytes } = await errand.child.ask(errand.id, message, errand.waitMs);
    const changed = changeResult(response, errand.change);
    const digest = ports.recorder.commit(errand.standing.identity, "result", canonicalize(changed));
    return {
      value: { response: changed },
      outcome: { ...said(succeeded(changed) ? "completed" : "failed", bytes), digest },
    };
  } catch (cause) {
    const lost = cause instanceof EnforceError && cause.code === "ENFORCE_CANCELLED" ? "cancelled" : "unknown";
    return { value: { lost }, outcome: said(lost, 0) };
  }
}

function changeResult(response: JsonObject, change: Errand["change"]): JsonObject {
  const result = member(response, "result");
  return isJsonObject(result) ? withMembers(response, [["result", change(result)]]) : response;
}

function succeeded(response: JsonObject): boolean {
  const result = member(response, "result");
  return isJsonObject(result) && member(result, "isError") !== true;
}
