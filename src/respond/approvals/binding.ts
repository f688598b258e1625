// SPDX-License-Identifier: Apache-2.0
// What an approval is bound to (respond R30). The digest of exactly these members is what a person signs, so an auditor can
// check without us who agreed to exactly what; a nonce makes it unguessable and different for each question.
import {
  canonicalText,
  type DeskItem,
  type Instant,
  type Json,
  type JsonObject,
  jsonObject,
} from "../../core/index.ts";

/** What the desk adds to a question. */
export interface Terms {
  readonly nonce: string;
  readonly expires: Instant;
}

export function bindingOf({ call, challenge, policyDigest, binds }: DeskItem, terms: Terms): JsonObject {
  const members: [string, Json][] = [
    ["v", 1],
    ["interaction", call.interaction],
    ["policy", challenge.policy],
    ["policyDigest", policyDigest],
    ["principal", call.principal],
    ["instance", call.instance],
    ["action", call.action],
    ["resource", jsonObject(Object.entries({ type: call.resource.type, id: call.resource.id }))],
    ["argsDigest", call.argsDigest],
    ["binds", binds],
    ["scope", "exact"],
    ["uses", challenge.uses],
    ["nonce", terms.nonce],
    ["expires", terms.expires],
  ];
  if (call.mandate !== undefined) members.push(["mandate", call.mandate]);
  if (call.step !== undefined) members.push(["step", call.step]);
  return jsonObject(members);
}

/** Equal for two calls that one approval may cover. */
export function callKey(call: DeskItem["call"]): string {
  const { interaction, principal, instance, action, resource, argsDigest, mandate, step } = call;
  const members = [interaction, principal, instance, action, resource.type, resource.id, argsDigest, mandate, step];
  return JSON.stringify(members.map((member) => member ?? null));
}

/** Equal for two questions that one answer of people may answer. */
export function questionKey({ call, policyDigest, challenge, binds }: DeskItem): string {
  return [callKey(call), policyDigest, JSON.stringify(challenge), canonicalText(binds)].join("\n");
}
