// SPDX-License-Identifier: Apache-2.0
// A call that waits for people, on the wire (enforce E28, E29): a client that can open a page is told which one, in the words
// of its revision, and comes back with the same call. Whoever only knows the page's address decides nothing there.
import {
  type ApprovalId,
  type Commitment,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  type Reference,
} from "../../core/index.ts";
import type { Waiting } from "../passage.ts";
import type { Exchange } from "./caller.ts";
import type { GateResponse } from "./http.ts";
import { error, params, RPC, result, withMembers } from "./message.ts";
import { isOurs, type RequestState, type RequestStates } from "./request-state.ts";
import { challenged, json } from "./wire.ts";

/** The gate's own name among what a modern client is asked for. */
export const APPROVAL = "bailiwick-approval";

/** Requests that may be answered by asking for more (MCP 2026-07-28, multi round-trip requests). */
const MAY_ASK: ReadonlySet<string> = new Set(["tools/call", "prompts/get", "resources/read"]);
/** The one earlier revision that knows pages. */
const WITH_PAGES = "2025-11-25";

/** Whether this client can be told of a page that a person should open, in answer to this request. */
export function isShownPages({ client, message }: Pick<Exchange, "client" | "message">): boolean {
  const knows = isJsonObject(member(member(client.capabilities, "elicitation"), "url"));
  if (client.era === "legacy") return knows && client.revision === WITH_PAGES;
  return knows && MAY_ASK.has(message.method);
}

export interface Approvals {
  readonly states: RequestStates;
  /** Where a person reads what is asked and answers: an opaque id, and nothing else of the call (E30). */
  page(approval: ApprovalId): string;
}

/** What a client came back with. */
export type Resumed =
  | { readonly message: Exchange["message"]; readonly args?: Commitment }
  | { readonly declined: ApprovalId }
  | { readonly unsound: string };

/** Takes what is the gate's out of a request, and puts back what it kept of the upstream's own conversation. */
export function resumed({ client, message, turn }: Exchange, { states }: Approvals): Resumed {
  const given = params(message);
  const carried = member(given, "requestState");
  if (client.era === "legacy" || !isOurs(carried)) return { message: withParams(message, withoutOurs(given)) };
  const state = MAY_ASK.has(message.method) ? states.open(carried) : undefined;
  if (state === undefined) return { unsound: "a state that is not ours as it was given, or is over" };
  const { identity, instance } = turn.standing;
  const isOwn = state.principal === identity && state.instance === instance;
  if (!isOwn || state.server !== turn.server.id || state.method !== message.method)
    return { unsound: "the state of another call" };
  const action = member(member(member(given, "inputResponses"), APPROVAL), "action");
  if (action === "decline" || action === "cancel") return { declined: state.approval };
  return { message: withParams(message, restored(given, state)), args: state.args };
}

/** An answer that asks a person in; nothing where it could not be carried. */
export function asksForPage(
  exchange: Exchange,
  waiting: Waiting,
  { reference, approvals }: { readonly reference: Reference; readonly approvals: Approvals },
): GateResponse | undefined {
  const { client, message } = exchange;
  const url = approvals.page(waiting.approval);
  const text = `A person has to agree to exactly this call. Reference ${reference}.`;
  if (client.era === "legacy") return json(200, pageNeeded(message.id, { url, text, waiting, reference }));
  const requestState = approvals.states.seal(stateOf(exchange, waiting));
  if (requestState === undefined) return undefined;
  const asked = elicitation([
    ["mode", "url"],
    ["url", url],
    ["message", text],
  ]);
  return json(
    200,
    result(
      message.id,
      jsonObject([
        ["resultType", "input_required"],
        ["inputRequests", jsonObject([[APPROVAL, asked]])],
        ["requestState", requestState],
        ["_meta", challenged(reference)],
      ]),
    ),
  );
}

function elicitation(members: readonly (readonly [string, Json])[]): JsonObject {
  return jsonObject([
    ["method", "elicitation/create"],
    ["params", jsonObject(members)],
  ]);
}

interface Page {
  readonly url: string;
  readonly text: string;
  readonly waiting: Waiting;
  readonly reference: Reference;
}

/** MCP 2025-11-25, URL mode elicitation: the error that names what has to be done first. */
function pageNeeded(id: Exchange["message"]["id"], { url, text, waiting, reference }: Page): JsonObject {
  const elicitations = [
    jsonObject([
      ["mode", "url"],
      ["elicitationId", waiting.approval],
      ["url", url],
      ["message", text],
    ]),
  ];
  const data = jsonObject([["elicitations", elicitations], ...Object.entries(challenged(reference))]);
  return error(id, RPC.urlElicitationRequired, text, data);
}

function stateOf({ turn, message }: Exchange, { args, approval, expires }: Waiting): RequestState {
  const given = params(message);
  const { identity: principal, instance } = turn.standing;
  return {
    principal,
    instance,
    server: turn.server.id,
    method: message.method,
    args,
    approval,
    expires,
    inner: jsonObject(KEPT.flatMap((name) => membersNamed(given, name))),
  };
}

/** What of a request belongs to a conversation that its upstream began. */
const KEPT = ["requestState", "inputResponses"] as const;

function membersNamed(given: JsonObject, name: string): readonly (readonly [string, Json])[] {
  const value = member(given, name);
  return value === undefined ? [] : [[name, value]];
}

/** The request as it was when people were asked about it, whatever its client says now. */
function restored(given: JsonObject, { inner }: RequestState): JsonObject {
  const own = Object.entries(given).filter(([name]) => !KEPT.some((kept) => kept === name));
  return jsonObject([...own, ...Object.entries(inner)]);
}

/** An answer to a question of ours is nobody else's to read. */
function withoutOurs(given: JsonObject): JsonObject {
  const responses = member(given, "inputResponses");
  if (!isJsonObject(responses) || member(responses, APPROVAL) === undefined) return given;
  const others = Object.entries(responses).filter(([name]) => name !== APPROVAL);
  return withMembers(given, [["inputResponses", jsonObject(others)]]);
}

function withParams(message: Exchange["message"], given: JsonObject): Exchange["message"] {
  return given === params(message) ? message : { ...message, tree: withMembers(message.tree, [["params", given]]) };
}
