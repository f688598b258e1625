// SPDX-License-Identifier: Apache-2.0
// What a person calls the thing to stop: a spiffe id as it stands, or a kind and an id.
import { misuse } from "./errors.ts";

export interface Scope {
  readonly kind: string;
  readonly id: string;
}

const KINDS = "identity instance blueprint sponsor step mandate txn jkt jti server tool jurisdiction tenant".split(" ");

/** @throws CliError CLI_ARGUMENTS */
export function readScope(text: string): Scope {
  if (text === "all") return { kind: "all", id: "all" };
  const path = /^spiffe:\/\/[^/]+\/([^/]+)\/([^/]+)(\/[^/]+)?$/.exec(text);
  if (path !== null) return { kind: path[3] === undefined ? "identity" : "instance", id: text };
  const [, kind = "", id = ""] = /^([a-z]+):(.+)$/.exec(text) ?? [];
  if (KINDS.includes(kind) && !id.startsWith("//")) return { kind, id };
  const fix = `write a spiffe id, all, or KIND:ID with a kind of ${KINDS.join(", ")}`;
  throw misuse("CLI_ARGUMENTS", `${text} names nothing that can be stopped`, fix);
}

/** What is typed to confirm: the last part of a name. */
export function nameOf({ id }: Scope): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
