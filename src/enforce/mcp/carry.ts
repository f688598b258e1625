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
import type { Effected } from "../passage.ts";
import type { Link, Wait } from "./link.ts";
import { withMembers } from "./message.ts";
import type { Progress } from "./progress.ts";

/** An upstream's answer (`result` or `error`, without id; `progress` holds what it said before), or why there is none. */
export type Carried =
  | { readonly body: JsonObject }
  | { readonly lost: "cancelled" | "unknown" }
  | { readonly withheld: string };

export interface CarryPorts {
  readonly clock: Clock;
  readonly recorder: Recorder;
}

export interface Errand {
  readonly child: Link;
  readonly standing: Standing;
  readonly method: string;
  readonly params: JsonObject;
  readonly wait: Wait;
  readonly objects: EntryOutcome["objects"];
  /** Changes what came back before it is digested and released. */
  readonly change: (result: JsonObject) => JsonObject;
  /** What was said before the answer, and waits for it. */
  readonly progress?: Progress;
}

export async function carry(ports: CarryPorts, errand: Errand): Promise<Effected> {
  const started = ports.clock.monotonic();
  const bytesOut = Buffer.byteLength(writeJson(errand.params));
  const said = (result: EntryOutcome["result"], bytesIn: number): EntryOutcome => ({
    result,
    bytesIn,
    bytesOut,
    ms: Math.round(ports.clock.monotonic() - started),
    objects: result === "completed" ? errand.objects : [],
  });
  try {
    const { progress } = errand;
    const { body, bytes } = await errand.child.ask(errand.method, errand.params, errand.wait);
    const changed = withProgress(changeResult(body, errand.change), progress);
    const digest = ports.recorder.commit(errand.standing, "result", canonicalize(changed));
    return {
      value: { body: changed },
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

/** What waits is one body with the answer: it is looked at, judged and masked together. */
function withProgress(response: JsonObject, progress: Progress | undefined): JsonObject {
  const held = progress?.held ?? [];
  return held.length === 0 ? response : withMembers(response, [["progress", held]]);
}

function succeeded(response: JsonObject): boolean {
  const result = member(response, "result");
  return isJsonObject(result) && member(result, "isError") !== true;
}
