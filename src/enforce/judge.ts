// SPDX-License-Identifier: Apache-2.0
// Turns one interaction into questions and their answers into one: the strictest wins (enforce E3).
import {
  ANSWERS,
  type Answer,
  type Decider,
  type Decision,
  type DomainId,
  formatInstant,
  type Instant,
  type JsonObject,
  jsonObject,
  type PointId,
  type Question,
  type Ref,
  type Standing,
  strictest,
  type ToolManifest,
  type Verb,
} from "../core/index.ts";
import { destinationRef, principalEntity, principalRef, resourceEntities, toolRef } from "./resources/entities.ts";
import type { UpstreamServer } from "./upstream-server.ts";

/** What a call does: the tool, and every resource that its arguments name or reach. */
export interface Act {
  readonly tool: ToolManifest;
  readonly resources: readonly Ref[];
}

/** One decision and what it was about. */
export interface Ruling {
  readonly resource: Ref;
  readonly decision: Decision;
}

/** The joined answer. `decisive` is the ruling that made it; `tool` the one on the tool itself. */
export interface Judged {
  readonly answer: Answer;
  readonly decisive: Ruling;
  readonly tool: Ruling;
  readonly disclose: Ruling;
}

export interface JudgePorts {
  readonly decider: Decider;
  readonly domain: DomainId;
  readonly point: PointId;
}

/** Everything about the moment that policies may read. */
export interface Moment {
  readonly standing: Standing;
  readonly server: UpstreamServer;
  readonly at: Instant;
}

/** Judges one call: the verb on the tool and on each resource, and the disclosure of its arguments to the upstream. */
export function judgeCall(ports: JudgePorts, moment: Moment, act: Act): Judged {
  const ask = asker(ports, moment);
  const facet = { verb: act.tool.verb, facet: "act", tool: act.tool.tool } as const;
  const [tool] = ask(facet, [toolRef(act.tool)]);
  const rulings = ask(facet, act.resources);
  const [disclose] = ask({ verb: "share", facet: "disclose", tool: act.tool.tool }, [destinationRef(moment.server)]);
  if (tool === undefined || disclose === undefined) throw new Error("a decider answers every question");
  const answer = strictest([tool, ...rulings, disclose].map((r) => r.decision.answer));
  // the resource speaks first, so that a person reads about the file and not about the tool
  const decisive = [...rulings, tool, disclose].find((r) => r.decision.answer === answer) ?? tool;
  return { answer, decisive, tool, disclose };
}

/** Which tools an identity may see: those whose own question is not denied (enforce E23). */
export function judgeTools(ports: JudgePorts, moment: Moment): readonly Ruling[] {
  const ask = asker(ports, moment);
  return [...moment.server.tools.values()].flatMap((tool) =>
    ask({ verb: tool.verb, facet: "act", tool: tool.tool }, [toolRef(tool)]),
  );
}

/** True when `now` is stricter than `before`: what was allowed a moment ago no longer is. */
export function isStricter(now: Answer, before: Answer): boolean {
  return ANSWERS.indexOf(now) > ANSWERS.indexOf(before);
}

interface Facet {
  readonly verb: Verb;
  readonly facet: "act" | "disclose";
  readonly tool: string;
}

function asker(ports: JudgePorts, moment: Moment): (facet: Facet, resources: readonly Ref[]) => Ruling[] {
  const principal = principalEntity(moment.standing);
  return (facet, resources) => {
    const [first] = resources;
    if (first === undefined) return [];
    const question: Question = {
      domain: ports.domain,
      principal: principalRef(moment.standing),
      action: facet.verb,
      resource: first,
      context: contextOf(moment, facet),
      entities: [principal, ...resourceEntities(moment.server, resources)],
      pep: { id: ports.point },
      at: moment.at,
    };
    const decisions = ports.decider.decideMany(question, resources);
    return resources.map((resource, i) => {
      const decision = decisions[i];
      if (decision === undefined) throw new Error("a decider answers every question");
      return { resource, decision };
    });
  };
}

/** The context record of core's table (`CONTEXT`). */
function contextOf(moment: Moment, facet: Facet): JsonObject {
  const { standing, server, at } = moment;
  return jsonObject([
    [
      "now",
      jsonObject([
        [
          "__extn",
          jsonObject([
            ["fn", "datetime"],
            ["arg", formatInstant(at)],
          ]),
        ],
      ]),
    ],
    ["channel", "mcp"],
    ["phase", "before"],
    ["facet", facet.facet],
    ["server", server.id],
    ["tool", facet.tool],
    [
      "auth",
      jsonObject([
        ["pop", standing.auth.pop],
        ["assurance", standing.assurance],
        ["age", Math.trunc(standing.auth.ageMs / 1000)],
      ]),
    ],
    [
      "destination",
      jsonObject([
        ["kind", server.destination.kind],
        ["operator", server.destination.operator],
        ["jurisdiction", server.destination.jurisdiction],
        ["listed", server.destination.listed],
      ]),
    ],
  ]);
}
