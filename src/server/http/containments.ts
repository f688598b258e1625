// SPDX-License-Identifier: Apache-2.0
// Containment over HTTP (respond, HTTP table): orders, their live state with what every point said, release, and the one red
// button. Who acts is whoever is signed in, or whom the token of the command line belongs to.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  CoreError,
  type EntrySource,
  type Finding,
  formatInstant,
  type IdentityId,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  type OrderId,
  parseIdentityId,
  parseInstant,
  parseJson,
  parseOrderId,
  SCOPE_KINDS,
  type ScopeKey,
  type ScopeKind,
} from "../../core/index.ts";
import {
  blastOf,
  type Containments,
  type DemoKey,
  type Order,
  type OrderEffect,
  type Ordered,
  type Released,
  type ReleaseRequest,
} from "../../respond/index.ts";
import { sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface ContainmentPorts {
  readonly containments: Containments;
  readonly entries: EntrySource;
  /** Newest first. */
  findings(): readonly Finding[];
  /** A tool whose order people ended is accepted as it is now. @param tool `server/tool` */
  accept(tool: string): void;
  /** The person behind a request; `undefined` where nobody is known by name. */
  whoIs(request: FastifyRequest): IdentityId | undefined;
  /** The software key of the demonstration, which signs a release as a second person; absent everywhere else. */
  readonly demoKey?: DemoKey;
}

const EFFECTS: readonly OrderEffect[] = ["throttle", "challenge", "read-only", "isolate"];
/** Longest key that a caller may choose. */
const KEY = /^[\x21-\x7e]{1,200}$/;

export function mountContainments(app: FastifyInstance, ports: ContainmentPorts): void {
  const { containments } = ports;
  app.get<{ Querystring: { all?: string } }>("/api/containments", (request, reply) => {
    const orders = containments.list({ active: request.query.all === undefined });
    return sendJson(reply, jsonObject([["containments", orders.map((order) => shown(containments, order))]]));
  });
  app.get<{ Params: { id: string } }>("/api/containments/:id", (request, reply) => {
    const order = find(containments, request.params.id);
    return order === undefined ? sendProblem(reply, PROBLEMS.notFound) : sendJson(reply, shown(containments, order));
  });
  app.post("/api/containments", (request, reply) => contain(ports, request, reply));
  app.post("/api/stop", (request, reply) => contain(ports, request, reply, "isolate"));
  app.post<{ Params: { id: string } }>("/api/containments/:id/release", (request, reply) =>
    release(ports, request, reply),
  );
  app.post<{ Params: { id: string } }>("/api/containments/:id/resume", (request, reply) =>
    resume(ports, request, reply),
  );
  app.get<{ Querystring: { from?: string; since?: string } }>("/api/blast", (request, reply) =>
    blast(ports, request.query, reply),
  );
  app.get("/api/findings", (_request, reply) => {
    const findings = ports.findings().map((finding) => shownFinding(containments, finding));
    return sendJson(reply, jsonObject([["findings", findings]]));
  });
}

async function blast(
  ports: ContainmentPorts,
  query: { readonly from?: string; readonly since?: string },
  reply: FastifyReply,
): Promise<FastifyReply> {
  try {
    const asked = { from: parseIdentityId(query.from ?? ""), since: parseInstant(query.since ?? "") };
    const { from, since, touched, people, ...rest } = await blastOf(ports.entries, asked);
    const list = touched.map(({ categories, ...one }) =>
      jsonObject([...Object.entries(one), ["categories", [...categories]]]),
    );
    const members = Object.entries({ from, since: formatInstant(since), ...rest });
    return await sendJson(reply, jsonObject([...members, ["touched", list], ["people", { ...people }]]));
  } catch (cause) {
    if (cause instanceof CoreError) return malformed(reply, "`from` is an identity, `since` an RFC 3339 time in UTC");
    throw cause;
  }
}

async function contain(
  ports: ContainmentPorts,
  request: FastifyRequest,
  reply: FastifyReply,
  only?: OrderEffect,
): Promise<FastifyReply> {
  const by = ports.whoIs(request);
  if (by === undefined) return refused(reply, "nobody is known by name here: declare a person in `people`");
  const key = request.headers["idempotency-key"];
  if (typeof key !== "string" || !KEY.test(key))
    return malformed(reply, "the header Idempotency-Key is needed: a lost answer is asked again by it");
  const body = bodyObject(request);
  const wanted = body === undefined ? "a JSON object was expected" : readOrder(body, only);
  if (typeof wanted === "string") return malformed(reply, wanted);
  const confirm = textOf(body, "confirm");
  if (only !== undefined && confirm !== wanted.scope.id)
    return malformed(reply, "`confirm` repeats the id of the scope that is stopped");
  return sendOrdered(ports, reply, await ports.containments.contain(wanted, by, key));
}

async function release(
  ports: ContainmentPorts,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { containments } = ports;
  const order = find(containments, request.params.id);
  if (order === undefined) return sendProblem(reply, PROBLEMS.notFound);
  const because = textOf(bodyObject(request), "because");
  if (because === undefined) return malformed(reply, "say `because`: why may it end");
  let done: Released | undefined;
  for (const ask of asksOf(ports, order, { by: ports.whoIs(request), because })) {
    done = await containments.release(order.id, ask);
    if ("refused" in done || done.waits.length === 0) break;
  }
  if (done === undefined) return refused(reply, "nobody is known by name here who could end it");
  if ("refused" in done) return refused(reply, `${done.refused}: ${done.why}`);
  if (done.order.state === "released" && order.scope.kind === "tool") ports.accept(order.scope.id);
  const waits = done.waits.map(({ name, why }) => jsonObject(Object.entries({ name, why })));
  return sendJson(reply, { ...shown(containments, done.order), waits });
}

/** Who asks: the person of the request, and in the demonstration a key in software for a second one, as every entry says. */
function asksOf(
  { containments, demoKey }: ContainmentPorts,
  order: Order,
  { by, because }: { readonly by: IdentityId | undefined; readonly because: string },
): readonly ReleaseRequest[] {
  const terms = containments.terms(order.id);
  const signed = demoKey === undefined || terms === undefined ? undefined : demoKey.approve(terms);
  const second = signed === undefined ? [] : [{ by: signed.person, because, assertion: signed }];
  const mayAsk = by !== undefined && by !== signed?.person && !(order.by.includes(by) && second.length > 0);
  return mayAsk ? [{ by, because }, ...second] : second;
}

async function resume(
  ports: ContainmentPorts,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const order = find(ports.containments, request.params.id);
  if (order === undefined) return sendProblem(reply, PROBLEMS.notFound);
  const because = textOf(bodyObject(request), "because");
  const by = ports.whoIs(request);
  if (because === undefined) return malformed(reply, "say `because`: why may it act again");
  if (by === undefined) return refused(reply, "nobody is known by name here who could resume it");
  const done = await ports.containments.resume(order.id, { by, because });
  if ("order" in done && done.order !== undefined && !("refused" in done))
    return sendJson(reply, shown(ports.containments, done.order));
  return refused(reply, "refused" in done ? `${done.refused}: ${done.why}` : "it was not resumed");
}

/** 201 for an order that every point acknowledged; 202 where one did not, or nothing could be written down. */
function sendOrdered({ containments }: ContainmentPorts, reply: FastifyReply, ordered: Ordered): FastifyReply {
  if (!("refused" in ordered)) {
    const { state, recorded } = ordered.order;
    return sendJson(reply.code(state === "effective" && recorded ? 201 : 202), shown(containments, ordered.order));
  }
  if (ordered.refused === "respond_no_point")
    return sendProblem(reply, {
      ...PROBLEMS.noPoint,
      detail: `order ${ordered.order?.id ?? ""} binds; ${ordered.why}`,
    });
  return ordered.refused === "key_reused" ? refused(reply, ordered.why) : malformed(reply, ordered.why);
}

function readOrder(
  body: JsonObject,
  only: OrderEffect | undefined,
): string | { readonly effect: OrderEffect; readonly scope: ScopeKey; readonly because: string } {
  const effect = EFFECTS.find((one) => one === (only ?? textOf(body, "effect")));
  if (effect === undefined) return `\`effect\` is one of ${EFFECTS.join(", ")}`;
  const kind: ScopeKind | undefined = SCOPE_KINDS.find((one) => one === textOf(member(body, "scope"), "kind"));
  const id = kind === "all" ? "all" : textOf(member(body, "scope"), "id");
  if (kind === undefined || kind === "kid" || kind === "issuer" || id === undefined || id === "")
    return "`scope` is {kind, id}, of a kind that an order may name";
  const because = textOf(body, "because");
  if (because === undefined || because.trim() === "") return "say `because`: why";
  return { effect, scope: { kind, id }, because };
}

function shown(containments: Containments, order: Order): JsonObject {
  const { scope, points, asks, by, orderedAt, effectiveAt, releasedAt, finding, rule, triggerMs } = order;
  const { id, effect, because, automatic, standing, state, recorded, seq } = order;
  const members: (readonly [string, Json])[] = [
    ...Object.entries({ id, effect, because, automatic, standing, state, recorded, seq }),
    [
      "scope",
      jsonObject([
        ["kind", scope.kind],
        ["id", scope.id],
      ]),
    ],
    ["by", by.map(String)],
    ["orderedAt", formatInstant(orderedAt)],
    ["points", points.map((point) => jsonObject(Object.entries({ ...point, ms: rounded(point.ms) })))],
    [
      "asks",
      asks.map(({ by: who, because: why, acr }) =>
        jsonObject([
          ["by", who],
          ["because", why],
          ["acr", acr ?? "none"],
        ]),
      ),
    ],
    [
      "conditions",
      containments.conditions(order.id).map(({ name, met, why }) =>
        jsonObject([
          ["name", name],
          ["met", met],
          ["why", why],
        ]),
      ),
    ],
  ];
  if (effectiveAt !== undefined) members.push(["effectiveAt", formatInstant(effectiveAt)]);
  if (releasedAt !== undefined) members.push(["releasedAt", formatInstant(releasedAt)]);
  if (finding !== undefined) members.push(["finding", finding]);
  if (rule !== undefined) members.push(["rule", rule]);
  if (triggerMs !== undefined) members.push(["triggerMs", rounded(triggerMs)]);
  return jsonObject(members);
}

function shownFinding(containments: Containments, finding: Finding): JsonObject {
  const { id, v, detector, code, subject, severity, status, reasons, times, firstAt, lastAt, triageBy } = finding;
  const { orders, proposal } = containments.responseTo(finding);
  const members: (readonly [string, Json])[] = [
    ...Object.entries({ id, v, detector, code, severity, status, times }),
    [
      "subject",
      jsonObject([
        ["type", subject.type],
        ["id", subject.id],
      ]),
    ],
    [
      "reasons",
      reasons.map(({ text, entries }) =>
        jsonObject([
          ["text", text],
          ["entries", entries.map(String)],
        ]),
      ),
    ],
    ["firstAt", formatInstant(firstAt)],
    ["lastAt", formatInstant(lastAt)],
    ["triageBy", formatInstant(triageBy)],
    ["orders", orders.map(String)],
  ];
  if (proposal !== undefined) {
    const { rule, effect, why = "", scopes } = proposal;
    const on = scopes.map(({ kind, id: name }) => `${kind} ${name}`);
    members.push([
      "proposal",
      jsonObject([
        ["rule", rule],
        ["effect", effect],
        ["scopes", on],
        ["why", why],
      ]),
    ]);
  }
  return jsonObject(members);
}

function find(containments: Containments, text: string): Order | undefined {
  try {
    const id: OrderId = parseOrderId(text);
    return containments.get(id);
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

function bodyObject(request: FastifyRequest): JsonObject | undefined {
  try {
    const body = parseJson(bodyOf(request));
    return isJsonObject(body) ? body : undefined;
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

function textOf(json: Json | undefined, name: string): string | undefined {
  const value = member(json, name);
  return typeof value === "string" ? value : undefined;
}

/** UNIT: ms, to the microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function refused(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply, { ...PROBLEMS.orderRefused, detail });
}

function malformed(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply, { ...PROBLEMS.malformed, detail });
}
