// SPDX-License-Identifier: Apache-2.0
// What an upstream may ask of a client (enforce E31): only what that client declared, nothing that has a person type a secret
// into a form, and no address that the operator did not name for this server.
import { isJsonArray, isJsonObject, type Json, type JsonObject, member } from "../../core/index.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import type { Client } from "./revision.ts";

export interface Question {
  readonly method: string;
  readonly params: JsonObject;
}

/** Which capability lets a server ask (MCP, client features). */
const NEEDED: ReadonlyMap<string, string> = new Map([
  ["elicitation/create", "elicitation"],
  ["sampling/createMessage", "sampling"],
  ["roots/list", "roots"],
]);

/** Words for what nobody types into somebody else's form, in the names, titles and descriptions of its fields. */
const SECRET =
  /pass[\s_-]?(?:word|phrase|code|key)|passwd|\bpwd\b|secret|credential|api[\s_-]?key|access[\s_-]?key|private[\s_-]?key|(?:access|auth|bearer|refresh|session|id)[\s_-]?token|\btoken\b|\bpin\b|\bcv[vc]2?\b|\botp\b|one[\s_-]?time|seed[\s_-]?phrase|recovery[\s_-]?code|security[\s_-]?code/i;

/** Levels of a form that are looked at; the revisions allow one. */
const DEPTH_MAX = 8;

/** Why this may not be asked; `undefined` where it may. */
export function forbidden(server: UpstreamServer, { capabilities }: Client, question: Question): string | undefined {
  const { method, params } = question;
  const needed = NEEDED.get(method);
  if (needed === undefined) return "a client is not asked that";
  const offered = member(capabilities, needed);
  if (!isJsonObject(offered)) return "the client offers nothing of that";
  if (method !== "elicitation/create") return undefined;
  const isUrl = member(params, "mode") === "url";
  // SOURCE: MCP 2025-11-25, elicitation: an empty capability is that of forms
  const isOffered = isUrl
    ? Object.hasOwn(offered, "url")
    : Object.hasOwn(offered, "form") || !Object.hasOwn(offered, "url");
  if (!isOffered) return "the client offers nothing of that mode";
  return isUrl ? forbiddenUrl(server, member(params, "url")) : forbiddenForm(params);
}

function forbiddenUrl(server: UpstreamServer, url: Json | undefined): string | undefined {
  const parsed = typeof url === "string" ? URL.parse(url) : null;
  if (parsed === null || (parsed.protocol !== "https:" && parsed.protocol !== "http:")) return "no address of the web";
  if (parsed.username !== "" || parsed.password !== "") return "an address with a name in it";
  return server.urlHosts?.includes(parsed.host) === true ? undefined : "an address that this server was not allowed";
}

function forbiddenForm(params: JsonObject): string | undefined {
  return asksForSecret(member(params, "requestedSchema"), 0) ? "a form that asks for a secret" : undefined;
}

function asksForSecret(schema: Json | undefined, depth: number): boolean {
  if (depth > DEPTH_MAX) return true;
  if (typeof schema === "string") return SECRET.test(schema);
  if (isJsonArray(schema)) return schema.some((item) => asksForSecret(item, depth + 1));
  if (!isJsonObject(schema)) return false;
  return Object.entries(schema).some(
    // a name in one word: apiKey is api key
    ([name, value]) => SECRET.test(name.replaceAll(/([a-z])([A-Z])/g, "$1 $2")) || asksForSecret(value, depth + 1),
  );
}

/** Why an answer that asks for more may not come down (MCP 2026-07-28, multi round-trip requests). */
export function forbiddenInput(server: UpstreamServer, client: Client, body: JsonObject): string | undefined {
  const result = member(body, "result");
  if (member(result, "resultType") !== "input_required") return undefined;
  const asked = member(result, "inputRequests");
  if (asked === undefined) return undefined;
  if (!isJsonObject(asked)) return "what it asks for cannot be read";
  for (const [key, request] of Object.entries(asked)) {
    const [method, params] = [member(request, "method"), member(request, "params") ?? {}];
    // the gate's own questions have names of their own
    if (key.startsWith("bailiwick") || typeof method !== "string" || !isJsonObject(params))
      return "what it asks for cannot be read";
    const why = forbidden(server, client, { method, params });
    if (why !== undefined) return why;
  }
  return undefined;
}
