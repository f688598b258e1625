// SPDX-License-Identifier: Apache-2.0
// The queue over HTTP: what waits, yes and no. A yes names the digest of what was shown, so that nobody agrees to something
// else than what they read, and is signed with the passkey of whoever is signed in. The call itself is shown to whom the
// policy names and to nobody else (enforce E30).
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type ApprovalId,
  CoreError,
  type DeskView,
  formatInstant,
  type IdentityId,
  type Json,
  type JsonObject,
  jsonObject,
  parseApprovalId,
} from "../../core/index.ts";
import type { AnswerRefusal } from "../../respond/index.ts";
import { signedYesTerms } from "../../respond/index.ts";
import type { Access, Asker } from "../access.ts";
import type { ApprovalQueue } from "../approvals.ts";
import type { PolicyTexts } from "../explain.ts";
import { credentialIn, readMember, sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface ApprovalPorts {
  readonly queue: ApprovalQueue;
  readonly access: Access;
  readonly texts: PolicyTexts;
}

interface ById {
  readonly Params: { readonly id: string };
}

/** Earlier calls of the same kind that are shown beside one. */
const BEFORE_MAX = 5;

export function mountApprovals(app: FastifyInstance, ports: ApprovalPorts): void {
  const { approvals, demoKey } = ports.queue;
  app.get("/api/approvals", (request, reply) => {
    const asker = ports.access.askerOf(request.headers);
    const waiting = approvals.list({ pending: true });
    const seen = waiting.filter((view) => maySee(ports, asker, view));
    const members: (readonly [string, Json])[] = [
      ["approvals", seen.map((view) => shown(ports, view))],
      // what waits for others: that it does, and for whom, is no secret among those who sign in
      ["others", waiting.length - seen.length],
      ["signer", demoKey === undefined ? "passkey" : "demo"],
    ];
    return sendJson(reply, jsonObject(members));
  });
  app.get<ById>("/api/approvals/:id", async (request, reply) => {
    const view = find(ports.queue, request.params.id);
    if (view === undefined) return sendProblem(reply, PROBLEMS.notFound);
    return sendJson(reply, await page(ports, ports.access.askerOf(request.headers), view));
  });
  app.post<ById>("/api/approvals/:id/options", (request, reply) => {
    const view = find(ports.queue, request.params.id);
    const person = personOf(ports, request);
    if (view === undefined) return sendProblem(reply, PROBLEMS.notFound);
    if (person === undefined) return refused(reply, SIGN_IN);
    const why = approvals.barred(view.id, person);
    return why === undefined
      ? sendJson(reply, ports.access.people.boundOptions(person, view.digest))
      : refused(reply, why);
  });
  app.post<ById>("/api/approvals/:id/approve", (request, reply) => approve(ports, request, reply));
  app.post<ById>("/api/approvals/:id/refuse", (request, reply) => refuse(ports, request, reply));
}

const SIGN_IN = "a person says this, at the console, with a passkey";

async function approve(
  ports: ApprovalPorts,
  request: FastifyRequest<ById>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { queue, access } = ports;
  const { approvals, demoKey } = queue;
  const view = find(queue, request.params.id);
  if (view === undefined) return sendProblem(reply, PROBLEMS.notFound);
  if (readMember(bodyOf(request), "digest") !== view.digest)
    return refused(reply, "the digest is not of what waits here");
  const credential = credentialIn(bodyOf(request));
  if (credential === undefined && demoKey !== undefined)
    return answered(ports, reply, view.id, await approvals.approve(view.id, demoKey.approve(view)));
  const asker = access.askerOf(request.headers);
  if (asker?.kind !== "person") return refused(reply, SIGN_IN);
  const bound = await access.people.bind(asker.session, signedYesTerms(view), credential);
  if ("refused" in bound) return sendProblem(reply, { ...PROBLEMS.passkeyRefused, detail: bound.why });
  return answered(ports, reply, view.id, await approvals.approve(view.id, bound));
}

/** A no stops at once, and needs no signature; it needs one whom the question is for, or on whose behalf it is asked. */
function refuse(ports: ApprovalPorts, request: FastifyRequest<ById>, reply: FastifyReply): FastifyReply {
  const { approvals, demoKey } = ports.queue;
  const view = find(ports.queue, request.params.id);
  const because = readMember(bodyOf(request), "because");
  if (view === undefined) return sendProblem(reply, PROBLEMS.notFound);
  const asker = ports.access.askerOf(request.headers);
  const person = asker?.kind === "person" ? asker.session.person : undefined;
  const isTheirs = person !== undefined && (person === view.item.onBehalfOf || maySee(ports, asker, view));
  const by = demoKey?.person ?? (isTheirs ? person : undefined);
  if (because === undefined) return refused(reply, "say because of what");
  if (by === undefined) return refused(reply, person === undefined ? SIGN_IN : "approver_not_in_group");
  return answered(ports, reply, view.id, approvals.refuse(view.id, by, because));
}

type Answered = ReturnType<ApprovalQueue["approvals"]["refuse"]>;

function answered({ queue }: ApprovalPorts, reply: FastifyReply, id: ApprovalId, done: Answered): FastifyReply {
  return "refused" in done
    ? refused(reply, told(done.refused, queue, id))
    : sendJson(reply, jsonObject([["state", done.state]]));
}

function personOf({ access }: ApprovalPorts, { headers }: FastifyRequest): IdentityId | undefined {
  const asker = access.askerOf(headers);
  return asker?.kind === "person" ? asker.session.person : undefined;
}

/** By its id, or by the reference that the caller was shown where one question alone has it. */
function find({ approvals }: ApprovalQueue, text: string): DeskView | undefined {
  const named = approvals.list({ pending: false }).filter(({ item }) => item.reference === text);
  if (named.length === 1) return named[0];
  try {
    return approvals.read(parseApprovalId(text));
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

/** Whoever could answer it or did, the host, and in the demo whoever is there: its key answers for all. */
function maySee({ queue }: ApprovalPorts, asker: Asker | undefined, view: DeskView): boolean {
  if (asker?.kind === "host" || queue.demoKey !== undefined) return true;
  if (asker === undefined) return false;
  const { person } = asker.session;
  return queue.approvals.barred(view.id, person) === undefined || view.agreed.includes(person);
}

/** Whoever comes second is told what became of it, and why where somebody said why. */
function told(refusal: AnswerRefusal, { approvals }: ApprovalQueue, id: ApprovalId): string {
  const view = approvals.read(id);
  if (view === undefined || (refusal !== "approval_decided" && refusal !== "approval_expired")) return refusal;
  return `${refusal}: it is ${view.state}${view.why === undefined ? "" : `, because: ${view.why}`}`;
}

function refused(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply, { ...PROBLEMS.approvalRefused, detail });
}

/** One question for whoever opens its address: all of it, or that it waits and for whom. */
async function page(ports: ApprovalPorts, asker: Asker | undefined, view: DeskView): Promise<JsonObject> {
  const { people } = ports.access;
  const names = new Map((await people.persons()).map(({ id, name }) => [id, name] as const));
  const named = (id: IdentityId | undefined): Json => (id === undefined ? "" : names.get(id) || id);
  const { decided, why, group, state, id, need, expires } = view;
  const barred = asker?.kind === "person" ? ports.queue.approvals.barred(id, asker.session.person) : undefined;
  const isSeen = maySee(ports, asker, view);
  const members: (readonly [string, Json])[] = [
    ["id", id],
    ["state", state],
    ["group", group],
    ["need", need],
    ["expires", formatInstant(expires)],
    ["signer", ports.queue.demoKey === undefined ? "passkey" : "demo"],
    ["barred", ports.queue.demoKey === undefined ? (barred ?? (asker?.kind === "host" ? "host" : "")) : ""],
  ];
  if (!isSeen) return jsonObject(members);
  const end: [string, Json][] =
    decided === undefined
      ? []
      : [["decided", { at: formatInstant(decided.at), by: named(decided.by), why: why ?? "" }]];
  return jsonObject([
    ...members,
    ["call", shown(ports, view)],
    ["onBehalfOf", named(view.item.onBehalfOf)],
    ["agreed", view.agreed.map(named)],
    ["before", before(ports, view)],
    ...end,
  ]);
}

/** What people said lately to the same caller under the same rule. */
function before({ queue }: ApprovalPorts, { id, item }: DeskView): Json {
  const same = queue.approvals.list({ pending: false }).filter((one) => {
    const { call, challenge } = one.item;
    return one.id !== id && call.principal === item.call.principal && challenge.policy === item.challenge.policy;
  });
  const ended = same.flatMap(({ state, decided, item: { call } }) =>
    decided === undefined ? [] : [{ state, at: formatInstant(decided.at), resource: call.resource.id }],
  );
  return ended.slice(-BEFORE_MAX).toReversed();
}

function shown({ texts }: ApprovalPorts, { id, state, item, digest, expires, need, agreed, group }: DeskView): Json {
  const { call, challenge, reference, asks, display, policyDigest } = item;
  return jsonObject([
    ["id", id],
    ["reference", reference],
    ["state", state],
    ["who", call.principal],
    ["verb", call.action],
    ["resource", call.resource.id],
    ["rule", challenge.policy],
    ["reason", texts.reason(challenge.policy, policyDigest) ?? ""],
    ["call", display ?? ""],
    [
      "asks",
      asks.map(({ path, role, source }) =>
        jsonObject([
          ["path", path],
          ["role", role],
          ["source", source],
        ]),
      ),
    ],
    ["digest", digest],
    ["expires", formatInstant(expires)],
    ["group", group],
    ["need", need],
    ["agreed", agreed.length],
  ]);
}
