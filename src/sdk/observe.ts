// SPDX-License-Identifier: Apache-2.0
// From observe to enforce in the control API: what enforcing would have done, and how far each server is enforced.
import { flag, list, maybe, member, type Part, text, whole } from "./parts.ts";
import { type Connection, getJson, postJson, query } from "./request.ts";

/** How far the rules are enforced at one server. */
export interface ReleaseView {
  readonly server: string;
  /** UNIT: percent of its tasks. */
  readonly enforced: number;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** Until when it may be observed; `undefined` for a server that never was. */
  readonly until: string | undefined;
  /** Its time to be observed is over. */
  readonly ended: boolean;
  readonly because: string;
}

export interface ObserveGroup {
  /** The rule, or the gate's own word for it. */
  readonly name: string;
  readonly would: string;
  /** Where the rule stands, `file:line`. */
  readonly place: string | undefined;
  readonly calls: number;
  readonly tools: readonly string[];
  readonly who: readonly string[];
  /** What would settle it, for a person. */
  readonly settle: string;
  /** The newest call of it. */
  readonly reference: string;
}

export interface ObserveReport {
  readonly calls: number;
  readonly passes: number;
  readonly limited: number;
  readonly asked: number;
  readonly refused: number;
  /** Refused in earnest: no mode lets it through. */
  readonly always: number;
  readonly lists: number;
  /** Most tools that one list would not have shown. */
  readonly hidden: number;
  /** The loudest first. */
  readonly groups: readonly ObserveGroup[];
  /** Reasons beyond those that are told. */
  readonly more: number;
  readonly complete: boolean;
  readonly servers: readonly ReleaseView[];
}

/** Every method throws SdkError, as those of the client do. */
export interface ObserveClient {
  /** What enforcing would have done. @param asked - `since` is RFC 3339 */
  report(asked?: { readonly server?: string; readonly since?: string }): Promise<ObserveReport>;
  /** @param enforced - UNIT: percent of its tasks; 0 observes all of it */
  enforce(server: string, enforced: number, because: string): Promise<ReleaseView & { readonly reference: string }>;
}

export function observeClient(connection: Connection): ObserveClient {
  return {
    report: async (asked = {}) => readReport(await getJson(connection, `/api/observe/report${query({ ...asked })}`)),
    enforce: async (server, enforced, because) => {
      const path = `/api/observe/servers/${encodeURIComponent(server)}`;
      const answer = await postJson(connection, path, { enforced, because });
      return { ...readRelease(answer), reference: text(member(answer, "reference")) };
    },
  };
}

function readReport(answer: Part): ObserveReport {
  return {
    calls: whole(member(answer, "calls")),
    passes: whole(member(answer, "passes")),
    limited: whole(member(answer, "limited")),
    asked: whole(member(answer, "asked")),
    refused: whole(member(answer, "refused")),
    always: whole(member(answer, "always")),
    lists: whole(member(answer, "lists")),
    hidden: whole(member(answer, "hidden")),
    groups: list(member(answer, "groups"), readGroup),
    more: whole(member(answer, "more")),
    complete: flag(member(answer, "complete")),
    servers: list(member(answer, "servers"), readRelease),
  };
}

function readGroup(group: Part): ObserveGroup {
  return {
    name: text(member(group, "name")),
    would: text(member(group, "would")),
    place: maybe(member(group, "place"), text),
    calls: whole(member(group, "calls")),
    tools: list(member(group, "tools"), text),
    who: list(member(group, "who"), text),
    settle: text(member(group, "settle")),
    reference: text(member(group, "reference")),
  };
}

function readRelease(release: Part): ReleaseView {
  return {
    server: text(member(release, "server")),
    enforced: whole(member(release, "enforced")),
    since: text(member(release, "since")),
    until: maybe(member(release, "until"), text),
    ended: flag(member(release, "ended")),
    because: text(member(release, "because")),
  };
}
