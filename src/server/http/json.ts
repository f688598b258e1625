// SPDX-License-Identifier: Apache-2.0
// JSON in and out of the control API.
import type { FastifyReply } from "fastify";
import { CoreError, type Json, member, parseJson, writeJson } from "../../core/index.ts";

/** A text member of a JSON body; `undefined` where there is none, or no JSON. */
export function readMember(body: Uint8Array, name: string): string | undefined {
  try {
    const value = member(parseJson(body), name);
    return typeof value === "string" ? value : undefined;
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

export function sendJson(reply: FastifyReply, body: Json): FastifyReply {
  return reply.header("content-type", "application/json").header("cache-control", "no-store").send(writeJson(body));
}
