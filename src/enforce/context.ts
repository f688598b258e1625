// SPDX-License-Identifier: Apache-2.0
// The context record of core's table (`CONTEXT`), filled for one question.
import {
  formatInstant,
  type Instant,
  type Json,
  type JsonObject,
  jsonObject,
  type Label,
  levelRank,
  NEUTRAL_LABEL,
  type Standing,
  trustRank,
} from "../core/index.ts";
import { type Facts, lowestOf } from "./facts.ts";
import type { Moment } from "./judge.ts";
import type { UpstreamServer } from "./upstream-server.ts";

interface Facet {
  readonly facet: "act" | "disclose";
  readonly tool: string;
}

export function contextOf(moment: Moment, facet: Facet): JsonObject {
  return contextsOf(moment)(facet);
}

/** The contexts of all questions about one moment: what does not depend on the facet is made once for them. */
export function contextsOf(moment: Moment): (facet: Facet) => JsonObject {
  const { standing, server, at, phase, facts } = moment;
  const lasting = lastingOf(standing);
  const now = datetime(at);
  const mandate = facts === undefined || facts.covers.ok ? lasting.mandate : mandateOf(standing, facts);
  const destination = destinationOf(server);
  const [data, origin, transfer] = [dataOf(facts), originOf(facts), transferOf(facts)];
  return ({ facet, tool }) =>
    jsonObject([
      ["now", now],
      ["channel", "mcp"],
      ["phase", phase],
      ["facet", facet],
      ["server", server.id],
      ["tool", tool],
      ["mandate", mandate],
      ["step", lasting.step],
      ["auth", lasting.auth],
      ["destination", destination],
      ["data", data],
      ["origin", origin],
      ["transfer", transfer],
    ]);
}

/** What stays the same as long as a standing does: it never changes, another one is another object. */
interface Lasting {
  /** As it is where it covers the call. */
  readonly mandate: JsonObject;
  readonly step: JsonObject;
  readonly auth: JsonObject;
}

const LASTING = new WeakMap<Standing, Lasting>();

function lastingOf(standing: Standing): Lasting {
  const known = LASTING.get(standing);
  if (known !== undefined) return known;
  const lasting = {
    mandate: mandateOf(standing, undefined),
    step: jsonObject([
      ["id", standing.step],
      ["hop", standing.hop],
      ["ownAuthority", standing.ownAuthority],
    ]),
    auth: authOf(standing),
  };
  LASTING.set(standing, lasting);
  return lasting;
}

const DESTINATIONS = new WeakMap<UpstreamServer["destination"], JsonObject>();

function destinationOf({ destination }: UpstreamServer): JsonObject {
  const known = DESTINATIONS.get(destination);
  if (known !== undefined) return known;
  const { kind, operator, jurisdiction, listed } = destination;
  const made = jsonObject([
    ["kind", kind],
    ["operator", operator],
    ["jurisdiction", jurisdiction],
    ["listed", listed],
  ]);
  DESTINATIONS.set(destination, made);
  return made;
}

function mandateOf({ mandate, grant }: Standing, facts: Facts | undefined): JsonObject {
  // a list carries nothing, so there is nothing to cover
  const covered = facts?.covers ?? { ok: true };
  return jsonObject([
    ["id", mandate.id],
    ["task", mandate.task],
    ["purpose", mandate.grant.purpose],
    ["covers", covered.ok],
    ["why", covered.ok ? "" : `${covered.dimension}: ${covered.why}`],
    ["labelMax", levelRank(grant.labelMax)],
    ["verbs", [...grant.verbs]],
    ["jurisdictions", [...grant.jurisdictions]],
    ["deadline", datetime(mandate.deadline)],
  ]);
}

function authOf({ auth, assurance }: Standing): JsonObject {
  return jsonObject([
    ["pop", auth.pop],
    ["assurance", assurance],
    ["age", Math.trunc(auth.ageMs / 1000)],
  ]);
}

function dataOf(facts: Facts | undefined): JsonObject {
  if (facts === undefined) return NO_DATA;
  return jsonObject([
    ["flow", labelOf(facts.flow)],
    ["context", labelOf(facts.context)],
  ]);
}

function labelOf(label: Label): JsonObject {
  return jsonObject([
    ["level", levelRank(label.level)],
    ["trust", trustRank(label.trust)],
    ["categories", [...label.categories]],
    ["jurisdictions", [...label.jurisdictions]],
    ["complete", label.complete],
  ]);
}

const NO_DATA: JsonObject = jsonObject([
  ["flow", labelOf(NEUTRAL_LABEL)],
  ["context", labelOf(NEUTRAL_LABEL)],
]);

function originOf(facts: Facts | undefined): JsonObject {
  const broken = (facts?.traces ?? []).filter((trace) => trace.contract === "broken");
  return jsonObject([
    ["lowest", facts === undefined ? trustRank("user") : trustRank(lowestOf(facts))],
    ["watermark", trustRank(facts?.watermark ?? "user")],
    ["broken", [...new Set<string>(broken.map((trace) => trace.role))]],
    ["lookalike", broken.some((trace) => trace.lookalike !== undefined)],
  ]);
}

function transferOf(facts: Facts | undefined): JsonObject {
  if (facts === undefined) return NO_TRANSFER;
  const { verdict, crossing, reviewed, rules, missing, basis } = facts.transfer;
  return jsonObject([
    ["verdict", verdict],
    ["crossing", crossing],
    ["reviewed", reviewed],
    ["rules", [...rules]],
    ["missing", [...missing]],
    ["basis", basis ?? ""],
  ]);
}

/** Nothing moves, so nothing crosses. */
const NO_TRANSFER: JsonObject = jsonObject([
  ["verdict", "allowed"],
  ["crossing", false],
  ["reviewed", true],
  ["rules", []],
  ["missing", []],
  ["basis", "domestic"],
]);

function datetime(at: Instant): Json {
  return jsonObject([
    [
      "__extn",
      jsonObject([
        ["fn", "datetime"],
        ["arg", formatInstant(at)],
      ]),
    ],
  ]);
}
