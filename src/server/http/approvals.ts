// SPDX-License-Identifier: Apache-2.0
// The queue over HTTP: what waits, yes and no. A yes names the digest of what was shown, so that nobody agrees to something
// else than what they read.
import type { FastifyInstance, FastifyReply } from "fastify";
import { type ApprovalId, CoreError, formatInstant, type Json, jsonObject, parseApprovalId } from "../../core/index.ts";
import type { AnswerRefusal } from "../../respond/index.ts";
import type { ApprovalQueue } from "../approvals.ts";
import { readMember, sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

type View = NonNullable<ReturnType<ApprovalQueue["approvals"]["read"]>>;

export function mountApprovals(app: FastifyInstance, queue: ApprovalQueue): void {
  const { approvals, demoKey } = queue;
  app.get("/api/approvals", (_request, reply) => {
    const waiting = approvals.list({ pending: true }).map(shown);
    return sendJson(
      reply,
      jsonObject([
        ["approvals", waiting],
        ["signer", demoKey === undefined ? "none" : "demo"],
      ]),
    );
  });
  app.post<{ Params: { id: string } }>("/api/approvals/:id/approve", async (request, reply) => {
    const view = find(queue, request.params.id);
    if (view === undefined) return sendProblem(reply, PROBLEMS.notFound);
    if (readMember(bodyOf(request), "digest") !== view.digest)
      return refused(reply, "the digest is not of what waits here");
    if (demoKey === undefined) return refused(reply, "a passkey has to sign, and this version has none");
    const answered = await approvals.approve(view.id, demoKey.approve(view));
    return "refused" in answered
      ? refused(reply, told(answered.refused, queue, view.id))
      : sendJson(reply, jsonObject([["state", answered.state]]));
  });
  app.post<{ Params: { id: string } }>("/api/approvals/:id/refuse", (request, reply) => {
    const view = find(queue, request.params.id);
    const because = readMember(bodyOf(request), "because");
    if (view === undefined) return sendProblem(reply, PROBLEMS.notFound);
    if (because === undefined || demoKey === undefined) return refused(reply, "say who refuses and because of what");
    const answered = approvals.refuse(view.id, demoKey.person, because);
    return "refused" in answered
      ? refused(reply, told(answered.refused, queue, view.id))
      : sendJson(reply, jsonObject([["state", answered.state]]));
  });
}

function find({ approvals }: ApprovalQueue, text: string): View | undefined {
  try {
    const id: ApprovalId = parseApprovalId(text);
    return approvals.read(id);
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
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

function shown({ id, state, item, digest, expires, need, agreed }: View): Json {
  const { call, challenge, reference, asks, display } = item;
  return jsonObject([
    ["id", id],
    ["reference", reference],
    ["state", state],
    ["who", call.principal],
    ["verb", call.action],
    ["resource", call.resource.id],
    ["rule", challenge.policy],
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
    ["need", need],
    ["agreed", agreed.length],
  ]);
}
