// SPDX-License-Identifier: Apache-2.0
// The part of a context that an answer to a challenge is bound to: the gate hands it to the desk when it asks, and policy
// compares it when the answer comes back. One function, so that both read the same names alike.
import { type JsonObject, jsonObject, member } from "./json.ts";

/** The values of these context members, by name. A name is a path with dots, `destination.operator`; one that leads nowhere has none. */
export function bindsOf(names: readonly string[], context: JsonObject): JsonObject {
  return jsonObject(
    names.flatMap((name) => {
      const value = name.split(".").reduce<ReturnType<typeof member>>(member, context);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
