// SPDX-License-Identifier: Apache-2.0
// JSON in and out of the control API.
import type { FastifyReply } from "fastify";
import { CoreError, isJsonObject, type Json, type JsonObject, member, parseJson, writeJson } from "../../core/index.ts";

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

/** What an authenticator answered (`credential` of a JSON body), as plain data. */
export function credentialIn(body: Uint8Array): unknown {
  return credentialOf(bodyObject(body));
}

export function credentialOf(body: JsonObject | undefined): unknown {
  const credential = member(body, "credential");
  return credential === undefined ? undefined : JSON.parse(writeJson(credential));
}

/** A body as an object; `undefined` where it is none. @param body - as the listener hands it on, bytes */
export function bodyObject(body: unknown): JsonObject | undefined {
  try {
    const json = Buffer.isBuffer(body) ? parseJson(body) : undefined;
    return isJsonObject(json) ? json : undefined;
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}
