// SPDX-License-Identifier: Apache-2.0
// What every level of the certification scenario asks about, and how an answer is read.
import type { Point, Reply } from "./client.ts";
import type { Tally } from "./tally.ts";

/** Members by name, as they go on the wire. */
type Named = Readonly<Record<string, string>>;

type Party = Readonly<Record<"type" | "id", string>> & { readonly properties?: Named };

type Question = Readonly<Record<"subject" | "resource", Party>> & { readonly action: Named };

export const ALICE: Party = { type: "user", id: "alice" };
export const BOB: Party = { type: "user", id: "bob" };
export const ADMIN: Party = { ...BOB, properties: { role: "admin" } };
export const RECORD_1: Party = { type: "record", id: "record-1" };
export const RECORD_2: Party = { type: "record", id: "record-2" };
export const ACTIVE: Party = { ...RECORD_1, properties: { status: "active" } };
export const ARCHIVED: Party = { ...RECORD_2, properties: { status: "archived" } };
export const READ: Named = { name: "read" };
export const WRITE: Named = { name: "write" };
export const EVALUATION: Question = { subject: ALICE, action: READ, resource: RECORD_1 };

export interface Suite {
  readonly point: Point;
  readonly tally: Tally;
  readonly paths: Paths;
}

/** Where each interface is: by the metadata where there is one, else by default. */
export interface Paths {
  readonly evaluation: string;
  readonly evaluations: string;
  readonly subject: string;
  readonly resource: string;
  readonly action: string;
}

export function memberOf(json: unknown, name: string): unknown {
  return isObject(json) && Object.hasOwn(json, name) ? json[name] : undefined;
}

export function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

export function without(from: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key !== name));
}

export function isJson(reply: Reply): boolean {
  return String(reply.headers["content-type"]).startsWith("application/json") && reply.json !== undefined;
}

export function hasId(reply: Reply): boolean {
  return reply.headers["x-request-id"] === "bfe9eb29-ab87-4ca3-be83-a1d5d8305716";
}

export function whole(path: string): Readonly<Record<string, unknown>> {
  if (path.endsWith("/search/subject")) return { subject: { type: "user" }, action: READ, resource: RECORD_1 };
  if (path.endsWith("/search/resource")) return { subject: ALICE, action: READ, resource: { type: "record" } };
  if (path.endsWith("/search/action")) return { subject: ALICE, resource: RECORD_1 };
  return EVALUATION;
}
