// SPDX-License-Identifier: Apache-2.0
// The one listener. Bodies are handed on as bytes: each edge reads them by its own strict rules.
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { BailiwickError, BODY_MAX_BYTES, IDENTITY_ID_MAX_BYTES, type Log } from "../../core/index.ts";
import { createGuard } from "./guard.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

/** UNIT: bytes. A little over the limit still reaches the edge, which refuses it in its own words and records it. */
const READ_MAX_BYTES: number = BODY_MAX_BYTES + 64 * 1024;

/** UNIT: characters of one part of a path: an identity's id, each of its bytes escaped. */
const PART_MAX_CHARS = 3 * IDENTITY_ID_MAX_BYTES;

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** A Fastify instance with guard, headers and raw bodies; routes are added by the edges. */
export function createListener(publicUrl: string, log: Log): FastifyInstance {
  const guard = createGuard(publicUrl);
  const app = Fastify({
    logger: false,
    bodyLimit: READ_MAX_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: PART_MAX_CHARS },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(HEADERS);
    const { host, origin, "sec-fetch-site": site } = request.headers;
    const why = guard.check({ method: request.method, host, origin, ...(typeof site === "string" ? { site } : {}) });
    if (why !== undefined) return sendProblem(reply, { ...PROBLEMS.forbiddenHost, detail: why });
    return undefined;
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, PROBLEMS.notFound));
  app.setErrorHandler((error, _request, reply) => {
    // neither wrong nor there yet: whoever asks again gets it (record L33, RFC 9110 section 15.3.3)
    if (error instanceof BailiwickError && error.code === "RECORD_UNPUBLISHED") {
      return sendProblem(reply.header("retry-after", 1), PROBLEMS.unpublished);
    }
    const status = error instanceof Error && "statusCode" in error ? error.statusCode : 500;
    if (status === 413) return sendProblem(reply, PROBLEMS.tooLarge);
    if (typeof status === "number" && status >= 400 && status < 500)
      return sendProblem(reply, { ...PROBLEMS.malformed, status });
    log.fault("SERVER_ROUTE", { why: error instanceof Error ? error.message : "unknown" });
    return sendProblem(reply, PROBLEMS.internal);
  });
  return app;
}

/** The body as bytes; empty where there was none. */
export function bodyOf(request: { readonly body: unknown }): Uint8Array {
  return Buffer.isBuffer(request.body) ? request.body : new Uint8Array();
}

/** Headers by lower-case name; one that came several times is joined as HTTP joins it (RFC 9110 section 5.3). */
export function plainHeaders(request: FastifyRequest): Record<string, string | undefined> {
  const plain: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    plain[name] = Array.isArray(value) ? value.join(", ") : value;
  return plain;
}
