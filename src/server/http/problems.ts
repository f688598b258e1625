// SPDX-License-Identifier: Apache-2.0
// Errors of the control API on the wire: RFC 9457 problem documents with our code beside.
import type { FastifyReply } from "fastify";

export interface ApiProblem {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail?: string;
  readonly fix?: string;
}

export function sendProblem(reply: FastifyReply, problem: ApiProblem): FastifyReply {
  return reply
    .code(problem.status)
    .header("content-type", "application/problem+json")
    .header("cache-control", "no-store")
    .send(JSON.stringify({ type: "about:blank", ...problem }));
}

type ProblemName =
  | "notFound"
  | "forbiddenHost"
  | "unauthenticated"
  | "forbidden"
  | "setupRefused"
  | "passkeyRefused"
  | "approvalRefused"
  | "orderRefused"
  | "policyRefused"
  | "noPoint"
  | "conflict"
  | "hostOnly"
  | "upstream"
  | "malformed"
  | "unpublished"
  | "tooManyStreams"
  | "tooLarge"
  | "internal";

/** The problems of this API, by name. */
export const PROBLEMS: Readonly<Record<ProblemName, ApiProblem>> = {
  notFound: { status: 404, title: "There is nothing here.", code: "API_NOT_FOUND" },
  forbiddenHost: { status: 403, title: "This server does not answer to that name.", code: "API_HOST_REFUSED" },
  unauthenticated: {
    status: 401,
    title: "Show who is asking.",
    code: "API_UNAUTHENTICATED",
    fix: "sign in at the console, or use the token in the data directory's `cli-token`",
  },
  forbidden: {
    status: 403,
    title: "You may not do that here.",
    code: "API_FORBIDDEN",
    fix: "ask an owner of this server for a role that may",
  },
  policyRefused: { status: 409, title: "The rules stay as they are.", code: "API_POLICY_REFUSED" },
  approvalRefused: { status: 409, title: "That answer does not count.", code: "API_APPROVAL_REFUSED" },
  orderRefused: {
    status: 409,
    title: "That is not done.",
    code: "API_ORDER_REFUSED",
    fix: "see what binds: npx bailiwick contain list",
  },
  noPoint: { status: 503, title: "Nobody can say that it holds.", code: "RESPOND_NO_POINT" },
  conflict: { status: 409, title: "That cannot be done as things stand.", code: "API_CONFLICT" },
  hostOnly: {
    status: 403,
    title: "Only the command line of this host may do that.",
    code: "API_HOST_ONLY",
    fix: "say it on the host, in the folder of bailiwick.yaml: npx bailiwick connect --help",
  },
  upstream: {
    status: 502,
    title: "The server could not be asked.",
    code: "API_UPSTREAM",
    fix: "start its program by itself; behind the gate it has PATH, and of its environment only what `env` of its entry names",
  },
  setupRefused: {
    status: 410,
    title: "This link opens nothing any more.",
    code: "API_SETUP_REFUSED",
    fix: "make a new one on the server's machine: npx bailiwick up owner",
  },
  passkeyRefused: { status: 403, title: "That passkey does not count here.", code: "API_PASSKEY_REFUSED" },
  malformed: { status: 400, title: "The request cannot be read.", code: "API_MALFORMED" },
  unpublished: {
    status: 202,
    title: "The entry is kept, and no published checkpoint covers it yet.",
    code: "RECORD_UNPUBLISHED",
    fix: "ask again after a moment; `bailiwick record witness status` says which witness is missed",
  },
  tooManyStreams: { status: 503, title: "Too many live streams are open.", code: "API_BUSY" },
  tooLarge: { status: 413, title: "The body is too large.", code: "API_TOO_LARGE" },
  internal: { status: 500, title: "Something is broken here, not in the request.", code: "API_INTERNAL" },
};
