// SPDX-License-Identifier: Apache-2.0
// Section 4: who, what and how.
import { ask, type Reply } from "./client.ts";
import {
  ADMIN,
  ALICE,
  ARCHIVED,
  BOB,
  memberOf,
  READ,
  RECORD_1,
  RECORD_2,
  type Suite,
  WRITE,
  whole,
  without,
} from "./fixture.ts";
import { check } from "./tally.ts";

export async function searchCore(suite: Suite): Promise<void> {
  const { paths } = suite;
  const level = "Search Core";
  const [subject, resource, action] = [whole("/search/subject"), whole("/search/resource"), whole("/search/action")];
  const context = { time: "2025-06-27T18:03-07:00" };
  const people = [ALICE, BOB];
  await found(suite, { level, name: "4.2.1 subjects", path: paths.subject, body: subject, includes: people });
  await found(suite, { level, name: "4.2.2", path: paths.subject, body: { ...subject, context }, includes: people });
  const withId = { ...subject, subject: { type: "user", id: "alice" } };
  await found(suite, { level, name: "4.2.3 its id is ignored", path: paths.subject, body: withId, includes: people });
  await found(suite, { level, name: "4.3.1 resources", path: paths.resource, body: resource, includes: [RECORD_1] });
  await found(suite, {
    level,
    name: "4.3.2",
    path: paths.resource,
    body: { ...resource, context },
    includes: [RECORD_1],
  });
  const both = [READ, WRITE];
  await found(suite, { level, name: "4.4.1 actions", path: paths.action, body: action, includes: both });
  await found(suite, { level, name: "4.4.2", path: paths.action, body: { ...action, context }, includes: both });
  const nobody = { type: "user", id: "nonexistent-user" };
  const nothing: readonly (readonly [string, string, unknown])[] = [
    ["4.6.1 unknown subject", paths.action, { subject: nobody, resource: RECORD_1 }],
    ["4.6.1 unknown subject, resources", paths.resource, { ...resource, subject: nobody }],
    ["4.6.1 unknown resource", paths.subject, { ...subject, resource: { type: "record", id: "nowhere" } }],
    ["4.6.2 unknown type", paths.subject, { ...subject, subject: { type: "spaceship" } }],
    ["4.6.2 unknown type of resource", paths.resource, { ...resource, resource: { type: "spaceship" } }],
    ["unknown action", paths.subject, { ...subject, action: { name: "teleport" } }],
  ];
  for (const [name, path, body] of nothing) {
    const reply = await ask(suite.point, path, { body });
    check(suite.tally, [level, name], reply.status === 200 && reply.text === '{"results":[]}', reply.text);
  }
}

export async function searchProperties(suite: Suite): Promise<void> {
  const { paths } = suite;
  const level = "Search Properties";
  const writers = { subject: { type: "user" }, action: WRITE, resource: ARCHIVED };
  await found(suite, { level, name: "4.2.4", path: paths.subject, body: writers, includes: [BOB] });
  const written = { subject: ADMIN, action: WRITE, resource: { type: "record" } };
  await found(suite, { level, name: "4.3.3", path: paths.resource, body: written, includes: [RECORD_2] });
  const done = { subject: ADMIN, resource: ARCHIVED };
  await found(suite, { level, name: "4.4.3", path: paths.action, body: done, includes: [WRITE] });
}

async function found(suite: Suite, { level, name, path, body, includes }: SearchCase): Promise<void> {
  const reply = await ask(suite.point, path, { body });
  const results = memberOf(reply.json, "results");
  check(suite.tally, [level, `${name} answers a list`], reply.status === 200 && Array.isArray(results), reply.text);
  const listed: readonly unknown[] = Array.isArray(results) ? results : [];
  for (const wanted of includes) {
    const isThere = listed.some((one) => Object.entries(wanted).every(([key, value]) => memberOf(one, key) === value));
    check(suite.tally, [level, `${name} finds ${JSON.stringify(wanted)}`], isThere, reply.text);
  }
}

export async function searchPages({ point, tally, paths }: Suite): Promise<void> {
  const level = "Search Core";
  const body = { subject: { type: "user" }, action: READ, resource: RECORD_1 };
  const first = await ask(point, paths.subject, { body: { ...body, page: { limit: 1 } } });
  const token = memberOf(memberOf(first.json, "page"), "next_token");
  check(tally, [level, "4.5.1 takes a limit"], first.status === 200 && resultsOf(first).length <= 1, first.text);
  check(tally, [level, "4.5.3 next_token is text"], typeof token === "string", first.text);
  const seen = [...resultsOf(first)];
  let next = token;
  let pages = 1;
  for (; typeof next === "string" && next !== "" && pages < 10; pages += 1) {
    const reply = await ask(point, paths.subject, { body: { ...body, page: { token: next } } });
    check(tally, [level, "4.5.2 takes a token"], reply.status === 200, reply.text);
    seen.push(...resultsOf(reply));
    next = memberOf(memberOf(reply.json, "page"), "next_token");
    check(tally, [level, "4.5.2 next_token is text"], typeof next === "string", reply.text);
  }
  check(tally, [level, "4.5.3 the last page says so"], next === "", next);
  const ids = seen.map((one) => memberOf(one, "id"));
  check(tally, [level, "pages hold everybody once"], new Set(ids).size === ids.length && ids.includes("bob"), ids);
  if (typeof token !== "string" || token === "") return;
  const other = { ...body, resource: RECORD_2, page: { token } };
  const stolen = await ask(point, paths.subject, { body: other });
  check(tally, [level, "a token of another search is 400"], stolen.status === 400, stolen.status);
  const changed = await ask(point, paths.subject, { body: { ...body, page: { token: `${token}x` } } });
  check(tally, [level, "a token that nobody made is 400"], changed.status === 400, changed.status);
}

export async function searchErrors({ point, tally, paths }: Suite): Promise<void> {
  const [subject, resource, action] = [whole("/search/subject"), whole("/search/resource"), whole("/search/action")];
  const cases: readonly (readonly [string, string, unknown])[] = [
    ["4.7.1 subject search without action", paths.subject, without(subject, "action")],
    ["4.7.1 subject search without subject", paths.subject, without(subject, "subject")],
    ["4.7.1 resource search without subject", paths.resource, without(resource, "subject")],
    ["4.7.1 resource search without action", paths.resource, without(resource, "action")],
    ["4.7.1 action search without resource", paths.action, without(action, "resource")],
    ["4.7.1 action search without subject", paths.action, without(action, "subject")],
    ["4.7.2 resource without id", paths.subject, { ...subject, resource: { type: "record" } }],
    ["4.7.2 subject without id", paths.resource, { ...resource, subject: { type: "user" } }],
    ["page is no object", paths.subject, { ...subject, page: 3 }],
    ["a limit of nothing", paths.subject, { ...subject, page: { limit: 0 } }],
  ];
  for (const [name, path, body] of cases) {
    const reply = await ask(point, path, { body });
    check(tally, ["Search Core", name], reply.status === 400, reply.status);
  }
}

function resultsOf(reply: Reply): readonly unknown[] {
  const results = memberOf(reply.json, "results");
  return Array.isArray(results) ? results : [];
}

interface SearchCase {
  readonly level: string;
  readonly name: string;
  readonly path: string;
  readonly body: unknown;
  readonly includes: readonly Readonly<Record<string, unknown>>[];
}
