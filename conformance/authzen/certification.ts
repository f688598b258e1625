// SPDX-License-Identifier: Apache-2.0
// The certification scenario of Authorization API 1.0, level by level: what each of its tests asks for, said in our own code.
// Numbers are the scenario's sections.
import { basicCore, basicErrors, basicProperties } from "./basic.ts";
import { batchCore, batchErrors, batchProperties } from "./batch.ts";
import { ask, type Point, type Reply } from "./client.ts";
import { EVALUATION, hasId, isJson, memberOf, type Paths, type Suite, whole } from "./fixture.ts";
import { searchCore, searchErrors, searchPages, searchProperties } from "./search.ts";
import { check, type Tally } from "./tally.ts";

const DEFAULTS: Paths = {
  evaluation: "/access/v1/evaluation",
  evaluations: "/access/v1/evaluations",
  subject: "/access/v1/search/subject",
  resource: "/access/v1/search/resource",
  action: "/access/v1/search/action",
};

export async function certify(point: Point, tally: Tally): Promise<void> {
  const paths = await discovery(point, tally);
  const suite = { point, tally, paths };
  for (const path of [paths.evaluation, paths.evaluations, paths.subject, paths.resource, paths.action])
    await transport(suite, path);
  await basicCore(suite);
  await basicErrors(suite);
  await basicProperties(suite);
  await batchCore(suite);
  await batchErrors(suite);
  await batchProperties(suite);
  await searchCore(suite);
  await searchPages(suite);
  await searchErrors(suite);
  await searchProperties(suite);
}

/** Section 6; the address is the well-known part put between host and path. */
async function discovery(point: Point, tally: Tally): Promise<Paths> {
  const url = new URL(point.url);
  const path = url.pathname === "/" ? "" : url.pathname;
  const reply = await ask(point, `${url.origin}/.well-known/authzen-configuration${path}`, { method: "GET" });
  const level = "Discovery";
  check(tally, [level, "6.2 answers 200"], reply.status === 200, reply.status);
  check(tally, [level, "6.2 is JSON"], isJson(reply), reply.headers["content-type"]);
  const of = (name: string): unknown => memberOf(reply.json, name);
  check(tally, [level, "6.5 names itself"], of("policy_decision_point") === point.url, of("policy_decision_point"));
  const names = {
    evaluation: "access_evaluation_endpoint",
    evaluations: "access_evaluations_endpoint",
    subject: "search_subject_endpoint",
    resource: "search_resource_endpoint",
    action: "search_action_endpoint",
  } as const;
  for (const name of Object.values(names)) {
    const given = of(name);
    const isOptional = name !== "access_evaluation_endpoint";
    const isHttps = typeof given === "string" && given.startsWith("https://");
    check(tally, [level, `6.5 ${name} is https`], isHttps || (isOptional && given === undefined), given);
  }
  const capabilities = of("capabilities");
  check(tally, [level, "6.5 capabilities are an array"], capabilities === undefined || Array.isArray(capabilities));
  const at = (key: keyof Paths): string => {
    const given = of(names[key]);
    return typeof given === "string" ? given : DEFAULTS[key];
  };
  return {
    evaluation: at("evaluation"),
    evaluations: at("evaluations"),
    subject: at("subject"),
    resource: at("resource"),
    action: at("action"),
  };
}

/** Sections 2.4, 2.5 and 5, for every interface. */
async function transport({ point, tally }: Suite, path: string): Promise<void> {
  const level = "Transport";
  const name = new URL(path, point.url).pathname;
  const to = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
    ask(point, path, { body, headers });
  for (const [what, body] of [
    ["malformed JSON", '{"subject": {'],
    ["an empty body", ""],
    ["an array", "[]"],
    ["a string", '"alice"'],
  ] as const) {
    const reply = await to(body);
    check(tally, [level, `${name} 2.4 ${what} is 400`], reply.status === 400, reply.status);
  }
  const plain = await to(JSON.stringify(EVALUATION), { "content-type": "text/plain" });
  check(tally, [level, `${name} 2.4.3 another content type is 400`], plain.status === 400, plain.status);
  const charset = await to(JSON.stringify(whole(path)), { "content-type": "application/json; charset=utf-8" });
  check(tally, [level, `${name} takes a charset`], charset.status === 200, charset.status);
  const echoed = await to(whole(path), { "x-request-id": "bfe9eb29-ab87-4ca3-be83-a1d5d8305716" });
  check(tally, [level, `${name} 2.5.1 echoes X-Request-ID`], hasId(echoed), echoed.headers["x-request-id"]);
  const wrong = await to("{", { "x-request-id": "bfe9eb29-ab87-4ca3-be83-a1d5d8305716" });
  check(tally, [level, `${name} 2.5.1 echoes it on an error`], hasId(wrong), wrong.headers["x-request-id"]);
  const first = await to(whole(path));
  check(tally, [level, `${name} 2.5.2 needs no X-Request-ID`], first.status === 200, first.status);
  check(tally, [level, `${name} 5 answers JSON`], isJson(first), first.headers["content-type"]);
  const again = await to(whole(path));
  check(tally, [level, `${name} 2.6 the same question, the same bytes`], first.text === again.text, again.text);
  const unknown = await to({ ...whole(path), foo: "bar", futureField: { nested: true } });
  check(tally, [level, `${name} 5 ignores what it does not know`], unknown.text === first.text, unknown.text);
  for (const method of ["GET", "PUT"]) {
    const reply = await ask(point, path, { method });
    check(tally, [level, `${name} ${method} is 405`], reply.status === 405, reply.status);
  }
  const stranger = await ask({ ...point, token: undefined }, path, { body: whole(path) });
  const isRefused = stranger.status === 401 && stranger.headers["www-authenticate"] !== undefined;
  check(tally, [level, `${name} a stranger is 401`], point.token === undefined || isRefused, stranger.status);
}
