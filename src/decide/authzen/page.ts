// SPDX-License-Identifier: Apache-2.0
// Page tokens (D61): where a search goes on, bound to the very same question. No state is kept, so a token says the same
// wherever it comes back, and nobody but this deployment can make one.
import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import {
  CoreError,
  canonicalText,
  digestOf,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  parseJson,
} from "../../core/index.ts";
import { Malformed } from "./read.ts";

/** Results of one page where the caller names none, and the most it may ask for. */
export const PAGE_DEFAULT = 100;
export const PAGE_MAX = 1000;

export interface PageAsked {
  readonly limit: number;
  /** The last result of the page before. */
  readonly after: string | undefined;
}

export interface PageTokens {
  /** @param about what the search asks, without its page */
  read(page: Json | undefined, about: JsonObject): PageAsked | Malformed;
  write(after: string, limit: number, about: JsonObject): string;
}

export function pageTokens(key: KeyObject): PageTokens {
  const macOf = (text: string): Buffer => createHmac("sha256", key).update(text).digest();
  return {
    write(after, limit, about) {
      const payload = Buffer.from(canonicalText({ about: digestOf(about), after, limit })).toString("base64url");
      return `${payload}.${macOf(payload).toString("base64url")}`;
    },
    read(page, about) {
      if (page !== undefined && !isJsonObject(page)) return new Malformed("`page` is not an object");
      const limit = readLimit(member(page, "limit"));
      if (limit instanceof Malformed) return limit;
      const token = member(page, "token") ?? "";
      if (typeof token !== "string") return new Malformed("`page.token` is not a string");
      if (token === "") return { limit: limit ?? PAGE_DEFAULT, after: undefined };
      const held = open(token, macOf);
      if (held === undefined) return new Malformed("`page.token` is not one of ours");
      if (held.about !== digestOf(about)) return new Malformed("`page.token` belongs to another search");
      if (limit !== undefined && limit !== held.limit)
        return new Malformed("`page.limit` is not the limit that the search began with");
      return { limit: held.limit, after: held.after };
    },
  };
}

function readLimit(given: Json | undefined): number | undefined | Malformed {
  if (given === undefined) return undefined;
  const isLimit = typeof given === "number" && Number.isInteger(given) && given >= 1;
  return isLimit ? Math.min(given, PAGE_MAX) : new Malformed("`page.limit` is not a whole number from 1");
}

interface Held {
  readonly about: string;
  readonly after: string;
  readonly limit: number;
}

function open(token: string, macOf: (text: string) => Buffer): Held | undefined {
  const [payload = "", mac = ""] = token.split(".");
  const given = Buffer.from(mac, "base64url");
  const expected = macOf(payload);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const json = parsed(Buffer.from(payload, "base64url"));
  const [about, after, limit] = ["about", "after", "limit"].map((name) => member(json, name));
  const isWhole = typeof about === "string" && typeof after === "string" && typeof limit === "number";
  return isWhole ? { about, after, limit } : undefined;
}

function parsed(bytes: Buffer): JsonObject {
  try {
    const json = parseJson(bytes);
    return isJsonObject(json) ? json : jsonObject([]);
  } catch (cause) {
    if (cause instanceof CoreError) return jsonObject([]);
    throw cause;
  }
}
