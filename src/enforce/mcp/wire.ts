// SPDX-License-Identifier: Apache-2.0
// What a caller is told: one fixed sentence for each class of refusal and a reference, so that an agent learns nothing from
// the wording (enforce E10, E27). A person reads the reason by the reference.
import {
  type Json,
  type JsonObject,
  jsonObject,
  type Reference,
  type Refusal,
  type RefusalCode,
  type Verb,
  writeJson,
} from "../../core/index.ts";
import type { Wrong } from "./headers.ts";
import type { GateResponse } from "./http.ts";
import type { Era } from "./link.ts";
import { error, type RequestId, RPC, result } from "./message.ts";

const JSON_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "application/json",
  "cache-control": "no-store",
};

export function json(status: number, body: Json, headers: Readonly<Record<string, string>> = {}): GateResponse {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: writeJson(body) };
}

/** A notification or a dropped message: taken, nothing to say (MCP 2025-11-25, Streamable HTTP). */
export const ACCEPTED: GateResponse = { status: 202, headers: {} };

/** A cancelled request gets no response: its stream ends without one (MCP 2025-11-25, cancellation). */
export const NO_ANSWER: GateResponse = { status: 200, headers: { "content-type": "text/event-stream" }, body: "" };

interface Asked {
  readonly id: RequestId;
  readonly method: string;
  /** Legacy where nobody says. */
  readonly era?: Era;
}

interface Wire {
  readonly status: number;
  readonly code: number;
  readonly sentence: string;
}

const DENIED: Wire = { status: 200, code: RPC.denied, sentence: "Refused: this is not allowed here." };
const UNREADABLE: Wire = {
  status: 200,
  code: RPC.invalidParams,
  sentence: "Refused: the gate cannot tell what this would do.",
};
const UNAVAILABLE: Wire = {
  status: 503,
  code: RPC.undecidable,
  sentence: "Refused: the gate cannot decide or record now. Nothing was done.",
};
const UNAUTHENTICATED: Wire = { status: 401, code: RPC.denied, sentence: "Refused: show who is asking." };
const MALFORMED: Wire = {
  status: 400,
  code: RPC.invalidRequest,
  sentence: "Refused: not a message of MCP.",
};

const WIRE: Readonly<Record<RefusalCode, Wire>> = {
  credential_missing: UNAUTHENTICATED,
  credential_malformed: UNAUTHENTICATED,
  credential_unbound: UNAUTHENTICATED,
  credential_expired: UNAUTHENTICATED,
  credential_replayed: UNAUTHENTICATED,
  credential_wrong_audience: UNAUTHENTICATED,
  credential_wrong_key: UNAUTHENTICATED,
  credential_wrong_environment: UNAUTHENTICATED,
  credential_revoked: UNAUTHENTICATED,
  nonce_required: UNAUTHENTICATED,
  proof_invalid: UNAUTHENTICATED,
  identity_unknown: UNAUTHENTICATED,
  identity_not_active: UNAUTHENTICATED,
  identity_expired: UNAUTHENTICATED,
  input_malformed: MALFORMED,
  input_too_large: { status: 413, code: RPC.invalidRequest, sentence: "Refused: the message is too large." },
  method_unknown: { status: 200, code: RPC.methodNotFound, sentence: "Refused: this gate does not relay that method." },
  session_unknown: { status: 404, code: RPC.invalidRequest, sentence: "There is no such session: initialize again." },
  tool_unknown: { status: 200, code: RPC.invalidParams, sentence: "Unknown tool." },
  arguments_unreadable: UNREADABLE,
  resource_outside: UNREADABLE,
  policy_denied: DENIED,
  // the same sentence: whoever is contained or was seen with a decoy does not learn it from the wording
  contained: { ...DENIED, code: RPC.contained },
  decoy_used: DENIED,
  mandate_exceeded: DENIED,
  policy_unavailable: UNAVAILABLE,
  record_unavailable: UNAVAILABLE,
  busy: { status: 429, code: RPC.budget, sentence: "Refused: too much at once. Nothing was done." },
  approval_pending: {
    status: 200,
    code: -31_002,
    sentence: "Waiting: a person has to agree to exactly this call. Ask again with the same arguments.",
  },
  approval_refused: {
    status: 200,
    code: RPC.denied,
    sentence: "Refused: a person has to agree to this call, and did not, or cannot be asked now.",
  },
  token_spent: { status: 200, code: RPC.denied, sentence: "Refused: what this call rests on was used before." },
  result_withheld: {
    status: 200,
    code: RPC.denied,
    sentence: "It was carried out, and what came back is withheld. Do not repeat it to see more.",
  },
  upstream_failed: {
    status: 200,
    code: RPC.internal,
    sentence: "The upstream did not answer. What it did is unknown; do not repeat without looking.",
  },
  outcome_not_recorded: {
    status: 200,
    code: RPC.internal,
    sentence: "Done or not is unknown, and could not be recorded. Do not repeat without looking.",
  },
};

/** What an agent should read as the outcome of its call, not as a fault of the protocol. */
const TOLD_AS_RESULT: ReadonlySet<RefusalCode> = new Set([
  "policy_denied",
  "contained",
  "decoy_used",
  "mandate_exceeded",
  "approval_pending",
  "approval_refused",
  "result_withheld",
]);

/** A refusal as an answer to one request. A refused tool call is a tool result that says so (E27); a hidden tool is unknown. */
export function refusal(asked: Asked, code: RefusalCode, reference: Reference): GateResponse {
  const { id, method, era } = asked;
  const wire = WIRE[code];
  const retry = wire.status === 429 || wire.status === 503 ? { "retry-after": "1" } : {};
  if (method === "tools/call" && TOLD_AS_RESULT.has(code))
    return json(200, result(id, deniedResult(wire.sentence, reference, era)));
  const status = wire.status === 200 && era === "modern" ? statusOf(wire.code) : wire.status;
  return json(status, error(id, wire.code, `${wire.sentence} Reference ${reference}.`, decided(reference)), retry);
}

/** The status that MCP 2026-07-28 gives an answer with this error code. */
export function statusOf(code: Json | undefined): number {
  if (code === RPC.methodNotFound) return 404;
  const isWrong = code === RPC.headerMismatch || code === RPC.missingCapability || code === RPC.unsupportedVersion;
  return isWrong ? 400 : 200;
}

/** A message that breaks the rules of its revision: it is told which, because a client cannot mend what it does not know. */
export function broken(id: RequestId, { code, why, data }: Wrong, reference: Reference): GateResponse {
  const more = data === undefined ? [] : Object.entries(data);
  const all = jsonObject([...more, ...Object.entries(decided(reference))]);
  return json(400, error(id, code, `Refused: ${why}. Reference ${reference}.`, all));
}

/** A refusal of a body that is no request: there is no id to answer to. */
export function refusalOfBody(code: RefusalCode, rpcCode: number, reference: Reference): GateResponse {
  const wire = WIRE[code];
  return json(wire.status, error(null, rpcCode, `${wire.sentence} Reference ${reference}.`, decided(reference)));
}

/** Nobody proved who asks: the headers say what to show (RFC 6750 section 3, RFC 9449 section 7.1, RFC 9728 section 5.1). */
export function unproved(refused: Refusal): GateResponse {
  const status = refused.wire?.status ?? 401;
  return json(status, jsonObject([["error", WIRE[refused.code].sentence]]), refused.wire?.headers ?? {});
}

/** The token is good and lets too little through (RFC 6750 section 3.1, enforce E26). */
export function scopeNeeded(resource: string, verb: Verb): GateResponse {
  const { origin, pathname } = new URL(resource);
  const metadata = `${origin}/.well-known/oauth-protected-resource${pathname}`;
  const challenge = `DPoP error="insufficient_scope", scope="${verb}", resource_metadata="${metadata}"`;
  const why = jsonObject([["error", `A token for ${verb} is needed, for exactly this call. Nothing was done.`]]);
  return json(403, why, { "www-authenticate": challenge });
}

function deniedResult(sentence: string, reference: Reference, era: Era | undefined): JsonObject {
  const text = `${sentence} Reference ${reference}.`;
  return jsonObject([
    ...(era === "modern" ? [["resultType", "complete"] as const] : []),
    [
      "content",
      [
        jsonObject([
          ["type", "text"],
          ["text", text],
        ]),
      ],
    ],
    ["isError", true],
    ["_meta", decided(reference)],
  ]);
}

function decided(reference: Reference): JsonObject {
  return answered("deny", reference);
}

/** Says that a person has the word. */
export function challenged(reference: Reference): JsonObject {
  return answered("challenge", reference);
}

function answered(answer: "deny" | "challenge", reference: Reference): JsonObject {
  return jsonObject([
    [
      "bailiwick/decision",
      jsonObject([
        ["answer", answer],
        ["ref", reference],
      ]),
    ],
  ]);
}
