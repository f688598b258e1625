// SPDX-License-Identifier: Apache-2.0
// What the record says of an order: that it was given, what every point answered, and who ended it.
import { type EventDraft, type Json, jsonObject, parseJson, type ScopeKey } from "../../core/index.ts";
import type { By, Order, PointAck } from "./order.ts";

/** @param by who did what this entry tells of: the last who ordered, or who released */
export function orderEntry(name: "identity.contained" | "identity.released", order: Order, by: By): EventDraft {
  const { id, effect, scope, because, finding, rule, automatic, standing, state, seq, points, asks, triggerMs } = order;
  const data: (readonly [string, Json])[] = [
    ["order", id],
    ["effect", effect],
    ["scope", jsonObject(Object.entries({ kind: scope.kind, id: scope.id }))],
    ["because", because],
    ["by", order.by.map(String)],
    ["automatic", automatic],
    ["standing", standing],
    ["state", state],
    ["seq", seq],
    ["points", parseJson(JSON.stringify(points.map(whole)))],
  ];
  if (finding !== undefined) data.push(["finding", finding]);
  if (rule !== undefined) data.push(["rule", rule]);
  if (triggerMs !== undefined) data.push(["triggerMs", Math.round(triggerMs)]);
  if (asks.length > 0) data.push(["asks", parseJson(JSON.stringify(asks))]);
  const who = by === "system" ? {} : { by };
  return { type: "event", name, subject: subjectOf(scope), ...who, data: jsonObject(data) };
}

/** Entries hold whole numbers only: UNIT: microseconds. */
function whole({ ms, ...ack }: PointAck): Omit<PointAck, "ms"> & { readonly us: number } {
  return { ...ack, us: Math.round(ms * 1000) };
}

function subjectOf({ kind, id }: ScopeKey): { readonly type: string; readonly id: string } {
  return { type: kind === "identity" ? "Identity" : `Scope:${kind}`, id };
}
