// SPDX-License-Identifier: Apache-2.0
// What a slice holds in the place of a value: a text under a seal, and a number that JSON readers would round.
import { isJsonObject, type Json, member, type SealKey } from "../../core/index.ts";
import { Fault } from "./fault.ts";
import { fit } from "./long.ts";
import { Sealed } from "./sealed.ts";
import type { Value } from "./value.ts";

/** The key of the slice that is read now. */
export interface Hiding {
  key: SealKey;
}

const INTEGER = /^-?[0-9]{1,19}$/;

/** Nothing where the JSON is a value itself. */
export function hiddenValue(json: Json, { key }: Hiding): Value | undefined {
  if (!isJsonObject(json)) return undefined;
  const mac = member(json, "sealed");
  const length = member(json, "length");
  if (typeof mac === "string" && typeof length === "number") return new Sealed(mac, length, key);
  const long = member(json, "long");
  if (typeof long !== "string" || !INTEGER.test(long)) return undefined;
  const exact = fit(BigInt(long));
  return exact instanceof Fault ? undefined : exact;
}
