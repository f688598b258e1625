// SPDX-License-Identifier: Apache-2.0
// The decision point of OpenID AuthZEN (Authorization API 1.0) for callers that are already proven: a body comes in, status
// and body go out, and what was decided comes along to be recorded. A refusal is 200 and `false`; 400 is for what is no
// question (D56, D57).
import { type JsonObject, jsonObject, writeJson } from "../../core/index.ts";
import { type Evaluated, evaluateAll, evaluateOne } from "./evaluate.ts";
import { type PageTokens, pageTokens } from "./page.ts";
import type { AuthzenDomain, AuthzenPorts, AuthzenRequest, AuthzenResponse, Decided, Peer } from "./ports.ts";
import type { Field } from "./pose.ts";
import { Malformed, readBatch, readBody } from "./read.ts";
import { type SearchKind, search } from "./search.ts";

/** Items of one batch. SOURCE: decide section 2, `authzen.maxEvaluations` */
const EVALUATIONS_MAX = 1000;

/** What is asked of a domain. */
export type Endpoint = "evaluation" | "evaluations" | `search/${SearchKind}`;

export interface Authzen {
  answer(domain: AuthzenDomain, peer: Peer, endpoint: Endpoint, request: AuthzenRequest): AuthzenResponse;
}

export function createAuthzen(ports: AuthzenPorts): Authzen {
  const pages = pageTokens(ports.pageKey);
  return {
    answer(domain, peer, endpoint, request) {
      if (request.method !== "POST") return failed(405, "ask with POST", { allow: "POST" });
      if (!isJson(request.contentType)) return failed(400, "the content type is not application/json");
      const json = readBody(request.body);
      if (json instanceof Malformed) return failed(400, json.why);
      const schema = domain.schema();
      if (schema === undefined) return failed(503, "no policy set is in force");
      const at = ports.now();
      const question = { domain: domain.id, pep: { id: peer.id }, at };
      const field: Field = { schema, residents: domain.residents, question };
      return respond({ ...ports, pages }, field, { peer, endpoint, json });
    },
  };
}

interface Ask {
  readonly peer: Peer;
  readonly endpoint: Endpoint;
  readonly json: JsonObject;
}

type Tools = AuthzenPorts & { readonly pages: PageTokens };

function respond(tools: Tools, field: Field, { peer, endpoint, json }: Ask): AuthzenResponse {
  switch (endpoint) {
    case "evaluation":
      return answered(evaluateOne(tools, field, peer, json));
    case "evaluations":
      return batched(tools, field, peer, json);
    case "search/subject":
      return searched(tools, field, { peer, json, kind: "subject" });
    case "search/resource":
      return searched(tools, field, { peer, json, kind: "resource" });
    case "search/action":
      return searched(tools, field, { peer, json, kind: "action" });
    default:
      return endpoint satisfies never;
  }
}

function batched(tools: Tools, field: Field, peer: Peer, json: JsonObject): AuthzenResponse {
  const batch = readBatch(json, EVALUATIONS_MAX);
  if (batch instanceof Malformed) return failed(400, batch.why);
  if (batch === "single") return answered(evaluateOne(tools, field, peer, json));
  const done = evaluateAll(tools, field, peer, batch);
  const body = jsonObject([["evaluations", done.map((one) => one.body)]]);
  return succeeded(
    body,
    done.flatMap((one) => one.decided ?? []),
  );
}

function searched(tools: Tools, field: Field, searching: Parameters<typeof search>[2]): AuthzenResponse {
  if (!searching.peer.maySearch) return failed(403, "this peer may not search");
  const found = search(tools, field, searching);
  return found instanceof Malformed ? failed(400, found.why) : succeeded(found.body, found.decided);
}

function answered(one: Evaluated | Malformed): AuthzenResponse {
  if (one instanceof Malformed) return failed(400, one.why);
  return succeeded(one.body, one.decided === undefined ? [] : [one.decided]);
}

const HEADERS = { "content-type": "application/json", "cache-control": "no-store" } as const;

function succeeded(body: JsonObject, decided: readonly Decided[]): AuthzenResponse {
  return { status: 200, headers: HEADERS, body: writeJson(body), decided };
}

/** A short text, as the specification shows it (section 10.1.2). */
function failed(status: number, why: string, headers: Readonly<Record<string, string>> = {}): AuthzenResponse {
  const text = { "content-type": "application/json", "cache-control": "no-store", ...headers };
  return { status, headers: text, body: JSON.stringify(why), decided: [] };
}

/** `application/json`, with or without `charset=utf-8` (D57). */
function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(contentType ?? "");
}
