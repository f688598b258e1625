// SPDX-License-Identifier: Apache-2.0
// Incidents over HTTP: what happened, what is asked, which clocks run, and what people say of it. Each statement names the
// version that its author saw (`If-Match`), so that nobody overwrites what they have not read.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  CoreError,
  formatInstant,
  type IdentityId,
  INCIDENT_TIMES,
  type IncidentFacts,
  type IncidentId,
  type IncidentTime,
  type Instant,
  incidentName,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseIncidentId,
  parseJson,
} from "../../core/index.ts";
import { type CaseClock, type Cases, type CaseView, ProveError } from "../../prove/index.ts";
import type { Incidents } from "../../respond/index.ts";
import { type Preview, previewLines } from "../../share/index.ts";
import type { Previews } from "../previews.ts";
import { sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";
import { instantOf } from "./time-text.ts";

export interface IncidentPorts {
  readonly incidents: Incidents;
  readonly cases: Cases;
  /** What a partner would be told. */
  readonly preview: Previews;
  /** The person behind a request; `undefined` where nobody is known by name. */
  readonly whoIs: (request: FastifyRequest) => IdentityId | undefined;
}

type ById = { Params: { id: string } };

export function mountIncidents(app: FastifyInstance, ports: IncidentPorts): void {
  const { incidents, cases } = ports;
  const find = (id: string): IncidentFacts | undefined => findIncident(incidents, id);
  const withCase =
    (show: (view: CaseView) => Json) =>
    (request: FastifyRequest<ById>, reply: FastifyReply): FastifyReply => {
      const facts = find(request.params.id);
      const view = facts === undefined ? undefined : cases.view(facts.id);
      return view === undefined ? sendProblem(reply, PROBLEMS.notFound) : sendCase(reply, view, show);
    };
  app.get("/api/incidents", (_request, reply) =>
    sendJson(reply, jsonObject([["incidents", incidents.list().map(shownIncident)]])),
  );
  app.get<ById>(
    "/api/incidents/:id",
    withCase(({ incident }) => shownIncident(incident)),
  );
  app.get<ById>("/api/incidents/:id/clocks", withCase(shownClocks));
  app.get<ById>("/api/incidents/:id/questions", withCase(shownQuestions));
  app.get<ById>("/api/incidents/:id/facts", withCase(shownFacts));
  app.get<ById>("/api/incidents/:id/preview", async (request, reply) => {
    const facts = find(request.params.id);
    return facts === undefined
      ? sendProblem(reply, PROBLEMS.notFound)
      : sendJson(reply, shownPreview(await ports.preview(facts)));
  });
  app.get("/api/clocks", (_request, reply) => {
    const clocks = cases.clocks().map((clock) => shownClock(clock, incidentName(clock.incident)));
    return sendJson(reply, jsonObject([["clocks", clocks]]));
  });
  app.post("/api/incidents", (request, reply) => open(ports, request, reply));
  app.patch<ById>("/api/incidents/:id/facts", (request, reply) => say(ports, request, reply));
  app.post<ById>("/api/incidents/:id/events", (request, reply) => say(ports, request, reply));
  app.post<ById>("/api/incidents/:id/times", (request, reply) => setTime(ports, request, reply));
  app.post<ById>("/api/incidents/:id/close", (request, reply) => close(ports, request, reply));
}

async function open(
  { incidents, whoIs }: IncidentPorts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const by = whoIs(request);
  const body = readBody(request);
  if (by === undefined) return refused(reply, NOBODY);
  const [title, because] = [textOf(body, "title"), textOf(body, "because")];
  if (title === undefined || because === undefined) return malformed(reply, "say `title` and `because`");
  const exercise = member(body, "exercise") === true;
  const opened = await incidents.open({ title, because, exercise }, by);
  return "refused" in opened ? refused(reply, opened.why) : sendJson(reply, shownIncident(opened.facts));
}

async function say(
  { incidents, cases, whoIs }: IncidentPorts,
  request: FastifyRequest<ById>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const facts = findIncident(incidents, request.params.id);
  if (facts === undefined) return sendProblem(reply, PROBLEMS.notFound);
  const by = whoIs(request);
  if (by === undefined) return refused(reply, NOBODY);
  const on = /^"?(\d{1,9})"?$/.exec(request.headers["if-match"] ?? "")?.[1];
  if (on === undefined)
    return sendProblem(reply, {
      ...PROBLEMS.malformed,
      status: 428,
      detail: "the header If-Match names the version of the case that you saw",
    });
  const { note, ...change } = readBody(request) ?? {};
  if (typeof note !== "string") return malformed(reply, "say `note`: where does it come from");
  try {
    const view = await cases.say(facts.id, JSON.parse(JSON.stringify(change)), { on: Number(on), by, note });
    return await sendCase(reply, view, shownFacts);
  } catch (cause) {
    if (!(cause instanceof ProveError)) throw cause;
    if (cause.code === "PROVE_CASE_MOVED")
      return sendProblem(reply, { ...PROBLEMS.conflict, detail: cause.message, ...fixOf(cause) });
    return sendProblem(reply, { ...PROBLEMS.malformed, detail: cause.message, ...fixOf(cause) });
  }
}

async function setTime(
  { incidents, whoIs }: IncidentPorts,
  request: FastifyRequest<ById>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const facts = findIncident(incidents, request.params.id);
  if (facts === undefined) return sendProblem(reply, PROBLEMS.notFound);
  const by = whoIs(request);
  if (by === undefined) return refused(reply, NOBODY);
  const body = readBody(request);
  const time = INCIDENT_TIMES.find((one): one is IncidentTime => one === textOf(body, "time"));
  const at = timeIn(body);
  if (time === undefined) return malformed(reply, `\`time\` is one of ${INCIDENT_TIMES.join(", ")}`);
  if (at === undefined) return malformed(reply, "`at` is an instant in UTC, such as 2026-12-06T09:00:00Z");
  const done = await incidents.time(facts.id, { time, at }, by, textOf(body, "because") ?? "");
  return "refused" in done ? refused(reply, done.why) : sendJson(reply, shownIncident(done.facts));
}

async function close(
  { incidents, whoIs }: IncidentPorts,
  request: FastifyRequest<ById>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const facts = findIncident(incidents, request.params.id);
  if (facts === undefined) return sendProblem(reply, PROBLEMS.notFound);
  const by = whoIs(request);
  if (by === undefined) return refused(reply, NOBODY);
  const done = await incidents.close(facts.id, by, textOf(readBody(request), "because") ?? "");
  return "refused" in done ? refused(reply, done.why) : sendJson(reply, shownIncident(done.facts));
}

const NOBODY = "nobody is known by name here: declare a person in `people`";

/** By `INC-1` or by id. */
function findIncident(incidents: Incidents, text: string): IncidentFacts | undefined {
  const number = /^INC-([1-9]\d{0,8})$/i.exec(text)?.[1];
  if (number !== undefined) return incidents.list().find((one) => one.number === Number(number));
  try {
    return incidents.facts(parseIncidentId(text) satisfies IncidentId);
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

function sendCase(reply: FastifyReply, view: CaseView, show: (view: CaseView) => Json): FastifyReply {
  return sendJson(reply.header("etag", `"${view.v}"`), show(view));
}

function shownIncident(facts: IncidentFacts): JsonObject {
  const { times, ...rest } = facts;
  const told = Object.entries(times).map(
    ([time, { at, by }]) => [time, jsonObject(Object.entries({ at: formatInstant(at), by }))] as const,
  );
  const plain = parseJson(JSON.stringify(rest));
  return {
    name: incidentName(facts),
    ...(isJsonObject(plain) ? plain : {}),
    times: jsonObject(told),
  };
}

export function shownClocks(view: CaseView): JsonObject {
  return jsonObject([
    ["v", view.v],
    ["clocks", view.clocks.map((clock) => shownClock(clock, incidentName(view.incident)))],
    [
      "violations",
      view.violations.map(({ duty, stage, needsFirst, at }) =>
        jsonObject(Object.entries({ duty, stage, needsFirst, at: formatInstant(at) })),
      ),
    ],
    ["doubts", [...view.doubts]],
  ]);
}

function shownClock(
  { entity, duty, stage, recipient, citation, verdict, standing, clock, why }: CaseClock,
  incident: string,
): JsonObject {
  const { kind, state, strict, latest, waitingFor, projected, derivation } = clock;
  return jsonObject([
    ["incident", incident],
    ["entity", entity],
    ["duty", duty],
    ["stage", stage],
    ["recipient", recipient],
    ["citation", citation],
    ["review", "unreviewed"],
    ["verdict", verdict],
    ["standing", standing],
    ["kind", kind],
    ["state", state],
    ["strict", shownTime(strict?.at)],
    ["latest", shownTime(latest?.at)],
    ["projected", shownTime(projected)],
    ["waitingFor", [...waitingFor]],
    ["why", why],
    ["derivation", derivation.map(({ says }) => says)],
  ]);
}

function shownTime(at: Instant | undefined): Json {
  return at === undefined ? null : formatInstant(at);
}

function shownQuestions(view: CaseView): JsonObject {
  const questions = view.questions.map(({ ask, text, group, rows, answers }) =>
    jsonObject([
      ["ask", ask],
      ["text", text],
      ["group", group],
      ["duties", [...rows]],
      [
        "answers",
        answers.map(({ answer, changes }) =>
          jsonObject([
            ["answer", answer],
            [
              "changes",
              changes.map(
                ({ row, stage, from, to }) => `${row}${stage === undefined ? "" : ` ${stage}`}: ${from} -> ${to}`,
              ),
            ],
          ]),
        ),
      ],
    ]),
  );
  return jsonObject([
    ["v", view.v],
    ["questions", questions],
  ]);
}

function shownFacts({ v, facts, events, doubts }: CaseView): JsonObject {
  return jsonObject([
    ["v", v],
    ["facts", parseJson(JSON.stringify(facts))],
    [
      "events",
      events.map((event) =>
        jsonObject([
          ["event", event.event],
          ...("at" in event ? [["at", formatInstant(event.at)] as const] : []),
          ["precision", event.precision],
        ]),
      ),
    ],
    ["doubts", [...doubts]],
  ]);
}

function shownPreview(preview: Preview): JsonObject {
  const { incident, tlp, blocked, removed, outgoing } = preview;
  return jsonObject([
    ["incident", incident],
    ["sent", false],
    ["tlp", tlp],
    ["blocked", [...blocked]],
    ["removed", parseJson(JSON.stringify(removed))],
    ["digest", outgoing?.digest ?? null],
    ["bundle", outgoing?.bundle ?? null],
    ["lines", [...previewLines(preview)]],
  ]);
}

function readBody(request: FastifyRequest): JsonObject | undefined {
  try {
    const body = parseJson(bodyOf(request));
    return isJsonObject(body) ? body : undefined;
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

function textOf(body: JsonObject | undefined, name: string): string | undefined {
  const value = body === undefined ? undefined : member(body, name);
  return typeof value === "string" ? value : undefined;
}

function timeIn(body: JsonObject | undefined): Instant | undefined {
  const text = textOf(body, "at");
  return text === undefined ? undefined : instantOf(text);
}

function fixOf({ fix }: ProveError): { readonly fix?: string } {
  return fix === undefined ? {} : { fix };
}

function refused(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply, { ...PROBLEMS.conflict, detail });
}

function malformed(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply, { ...PROBLEMS.malformed, detail });
}
