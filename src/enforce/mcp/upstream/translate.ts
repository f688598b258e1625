// SPDX-License-Identifier: Apache-2.0
// The older revisions in the words of 2026-07-28, and back (enforce E38): what is the same in both passes as it is.
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonObject, member } from "../../../core/index.ts";
import { withMembers } from "../message.ts";
import { META, MODERN_REVISIONS } from "../revision.ts";

/** Prefix of what only the newer revision says of a request. */
const RESERVED = "io.modelcontextprotocol/";
/** What the older revisions let a client offer, and the newer one too. */
const OFFERED = ["elicitation", "sampling", "roots"] as const;
/** Results that must say how long they hold (MCP 2026-07-28, caching). */
const CACHEABLE: ReadonlySet<string> = new Set([
  "server/discover",
  "tools/list",
  "prompts/list",
  "resources/list",
  "resources/templates/list",
  "resources/read",
]);
/** SOURCE: MCP 2025-11-25: no such resource; the newer revision must not say it so. */
const RESOURCE_NOT_FOUND = -32_002;
/** SOURCE: MCP 2025-11-25: somebody has to open a URL first. */
const URL_ELICITATION = -32_042;
const INVALID_PARAMS = -32_602;

/** What the client of one request offers, as `initialize` says it. */
export function offeredBy(params: JsonObject): JsonObject {
  const declared = member(member(params, "_meta"), META.capabilities);
  return jsonObject(
    OFFERED.flatMap((name) => {
      const offered = member(declared, name);
      return isJsonObject(offered) ? [[name, offered] as const] : [];
    }),
  );
}

export function logLevelOf(params: JsonObject): string | undefined {
  const level = member(member(params, "_meta"), META.logLevel);
  return typeof level === "string" ? level : undefined;
}

/** A request without what the older revisions do not know. */
export function paramsDown(params: JsonObject): JsonObject {
  const meta = member(params, "_meta");
  const kept = isJsonObject(meta) ? Object.entries(meta).filter(([name]) => !name.startsWith(RESERVED)) : [];
  const others = Object.entries(params).filter(([name]) => !["_meta", "inputResponses", "requestState"].includes(name));
  return jsonObject(kept.length === 0 ? others : [...others, ["_meta", jsonObject(kept)]]);
}

/** `server/discover` from the answer to `initialize`. */
export function discoverFrom(initialized: Json | undefined): JsonObject {
  const { tasks: _tasks, ...capabilities } = objectOf(member(initialized, "capabilities"));
  const [info, instructions] = [member(initialized, "serverInfo"), member(initialized, "instructions")];
  return resultUp(
    "server/discover",
    jsonObject([
      ["supportedVersions", MODERN_REVISIONS],
      ["capabilities", jsonObject(Object.entries(capabilities))],
      ...(typeof instructions === "string" ? [["instructions", instructions] as const] : []),
      ...(isJsonObject(info) ? [["_meta", jsonObject([[META.server, info]])] as const] : []),
    ]),
  );
}

/** The body of an answer, `result` or `error`. */
export function bodyUp(method: string, body: JsonObject): JsonObject {
  const result = member(body, "result");
  if (isJsonObject(result)) return jsonObject([["result", resultUp(method, result)]]);
  const error = member(body, "error");
  if (!isJsonObject(error)) return body;
  if (member(error, "code") === RESOURCE_NOT_FOUND)
    return jsonObject([["error", withMembers(error, [["code", INVALID_PARAMS]])]]);
  return member(error, "code") === URL_ELICITATION ? (urlsToOpen(error) ?? body) : body;
}

function resultUp(method: string, result: JsonObject): JsonObject {
  const missing: (readonly [string, Json])[] = [["resultType", "complete"]];
  if (CACHEABLE.has(method)) missing.push(["ttlMs", 0], ["cacheScope", "private"]);
  return withMembers(
    result,
    missing.filter(([name]) => !Object.hasOwn(result, name)),
  );
}

function urlsToOpen(error: JsonObject): JsonObject | undefined {
  const elicitations = member(member(error, "data"), "elicitations");
  if (!isJsonArray(elicitations) || elicitations.length === 0) return undefined;
  const asked = elicitations.map((one, at): readonly [string, Json] => {
    const { elicitationId: _id, ...params } = objectOf(one);
    return [`url-${at + 1}`, requestOf("elicitation/create", jsonObject(Object.entries(params)))];
  });
  return inputRequired(asked);
}

/** An answer that asks for more. */
export function inputRequired(asked: readonly (readonly [string, Json])[], requestState?: string): JsonObject {
  const result: (readonly [string, Json])[] = [
    ["resultType", "input_required"],
    ["inputRequests", jsonObject(asked)],
  ];
  if (requestState !== undefined) result.push(["requestState", requestState]);
  return jsonObject([["result", jsonObject(result)]]);
}

export function requestOf(method: string, params: JsonObject): JsonObject {
  return jsonObject([
    ["method", method],
    ["params", params],
  ]);
}

function objectOf(json: Json | undefined): JsonObject {
  return isJsonObject(json) ? json : jsonObject([]);
}
