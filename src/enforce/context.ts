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

interface Facet {
  readonly facet: "act" | "disclose";
  readonly tool: string;
}

export function contextOf(moment: Moment, { facet, tool }: Facet): JsonObject {
  const { standing, server, at, phase, facts } = moment;
  const { kind, operator, jurisdiction, listed } = server.destination;
  return jsonObject([
    ["now", datetime(at)],
    ["channel", "mcp"],
    ["phase", phase],
    ["facet", facet],
    ["server", server.id],
    ["tool", tool],
    ["mandate", mandateOf(standing, facts)],
    [
      "step",
      jsonObject([
        ["id", standing.step],
        ["hop", standing.hop],
        ["ownAuthority", standing.ownAuthority],
      ]),
    ],
    ["auth", authOf(standing)],
    [
      "destination",
      jsonObject([
        ["kind", kind],
        ["operator", operator],
        ["jurisdiction", jurisdiction],
        ["listed", listed],
      ]),
    ],
    ["data", dataOf(facts)],
    ["origin", originOf(facts)],
    ["transfer", transferOf(facts)],
  ]);
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
  return jsonObject([
    ["flow", labelOf(facts?.flow ?? NEUTRAL_LABEL)],
    ["context", labelOf(facts?.context ?? NEUTRAL_LABEL)],
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
  const transfer = facts?.transfer;
  return jsonObject([
    ["verdict", transfer?.verdict ?? "allowed"],
    ["crossing", transfer?.crossing ?? false],
    ["reviewed", transfer?.reviewed ?? true],
    ["rules", [...(transfer?.rules ?? [])]],
    ["missing", [...(transfer?.missing ?? [])]],
    ["basis", transfer?.basis ?? (transfer === undefined ? "domestic" : "")],
  ]);
}

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
