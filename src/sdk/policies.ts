// SPDX-License-Identifier: Apache-2.0
// The life of policy sets in the control API: handed over, agreed to, released to whom, taken back.
import { flag, list, maybe, member, members, type Part, text, whole } from "./parts.ts";
import { type PasskeyRequest, readRequest } from "./passkeys.ts";
import { type Connection, getJson, postJson } from "./request.ts";

export interface PolicyProblem {
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly fix?: string;
  readonly blocking: boolean;
}

export interface PolicyFile {
  readonly path: string;
  readonly text: string;
}

/** A set that was published. */
export interface SetView {
  readonly digest: string;
  readonly name: string;
  readonly owner: string;
  readonly policies: number;
  /** `one person` where one is enough, `waiting` for a second one, or `approved`. */
  readonly state: string;
  readonly tightens: boolean;
  readonly by: string;
  readonly because: string;
  /** RFC 3339, UTC; so are the times below. */
  readonly at: string;
  /** Digest of what bound everybody when it was published; `undefined` for nothing. */
  readonly against: string | undefined;
  readonly problems: readonly PolicyProblem[];
  readonly approvedBy: string | undefined;
  readonly approvedAt: string | undefined;
  /** When it first bound somebody. */
  readonly enforced: string | undefined;
}

export interface PolicySide {
  readonly answer: string;
  readonly policies: readonly string[];
}

/** A question that two sets answer differently. */
export interface PolicySeparating {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** JSON text. */
  readonly context: string;
  readonly before: PolicySide;
  readonly after: PolicySide;
}

export interface PolicyDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  readonly isSchemaSame: boolean;
  readonly tries: number;
  readonly found: readonly PolicySeparating[];
}

/** All that a second person is shown. */
export interface SetPage extends SetView {
  /** Digest of all of it: what is signed. */
  readonly terms: string;
  /** Why whoever asks may not agree; empty where they may. */
  readonly barred: string;
  readonly diff: PolicyDiff | undefined;
  /** The last calls of this server, judged by the set. */
  readonly lastCalls:
    | { readonly calls: number; readonly differ: number; readonly moves: readonly string[] }
    | undefined;
  readonly files: readonly PolicyFile[];
}

export interface SetReleaseView {
  readonly id: string;
  readonly set: string;
  readonly name: string;
  readonly mode: string;
  /** `kind`, `blueprint` and so on, with what they have to be; none is everybody. */
  readonly scope: readonly (readonly [part: string, value: string])[];
  readonly percent: number;
  readonly from: string;
  readonly until: string | undefined;
  readonly state: string;
  /** Whether it counts now. */
  readonly on: boolean;
  readonly by: string;
  readonly because: string;
  /** Why whoever asks may not agree to it; empty where they may. */
  readonly barred: string;
  readonly changed: string;
  readonly approvedBy: string | undefined;
  /** What one person did, and another has to agree to. */
  readonly unconfirmed: { readonly by: string; readonly what: string; readonly until: string } | undefined;
  readonly shadow: { readonly judged: number; readonly different: number; readonly stride: number } | undefined;
}

export interface ReleasesView {
  readonly domain: string;
  readonly fourEyes: boolean;
  /** What the folder of the server holds: it lies under every release. */
  readonly folder: { readonly digest: string; readonly name: string; readonly policies: number } | undefined;
  /** What binds whoever no narrower release is for; its release is empty where that is the folder. */
  readonly general: { readonly digest: string; readonly release: string } | undefined;
  /** Newest first. */
  readonly releases: readonly SetReleaseView[];
}

export interface CheckedView {
  readonly digest: string | undefined;
  readonly policies: number;
  readonly problems: readonly PolicyProblem[];
  readonly cases: { readonly passed: number; readonly failed: number };
}

export interface RolloutWish {
  readonly set: string;
  readonly mode?: string;
  readonly scope?: Readonly<Record<string, string>>;
  readonly percent?: number;
  readonly from?: string;
  readonly until?: string;
  readonly rollbackIf?: Readonly<Record<string, number>>;
  readonly because: string;
}

/** What is signed to agree to a set or a release. */
export interface PolicyTerms {
  readonly terms: string;
  /** What a passkey is asked for; `undefined` where the session alone counts. */
  readonly options: PasskeyRequest | undefined;
}

/** Every method throws SdkError, as those of the client do. */
export interface PoliciesClient {
  sets(): Promise<readonly SetView[]>;
  /** @param digest - or at least six characters of it */
  set(digest: string): Promise<SetPage>;
  releases(): Promise<ReleasesView>;
  check(files: readonly PolicyFile[]): Promise<CheckedView>;
  /** Keeps a set; one that has something wrong with it is not kept, and the answer says what. */
  publish(
    files: readonly PolicyFile[],
    because: string,
  ): Promise<{ readonly kept: SetView } | { readonly refused: CheckedView }>;
  diff(before: string, after: string): Promise<PolicyDiff>;
  rollout(wish: RolloutWish): Promise<SetReleaseView>;
  /** @param id - or at least six characters of it; so below */
  pause(id: string, because: string): Promise<SetReleaseView>;
  resume(id: string, because: string): Promise<SetReleaseView>;
  rollback(id: string, because: string, to?: string): Promise<SetReleaseView>;
  /** What the browser is asked to sign; `undefined` where a session alone counts. @param what - a set or a release */
  approvalTerms(what: "sets" | "releases", id: string): Promise<PolicyTerms>;
  approve(what: "sets" | "releases", id: string, terms: string, credential?: unknown): Promise<void>;
}

const BASE = "/api/policies";
/** UNIT: ms. A large set is parsed policy by policy, aside from what decides. */
const PARSING = { ms: 120_000 };

export function policiesClient(connection: Connection): PoliciesClient {
  const act = async (id: string, how: string, body: object): Promise<SetReleaseView> =>
    readSetRelease(await postJson(connection, `${at("releases", id)}/${how}`, body));
  return {
    sets: async () => list(member(await getJson(connection, `${BASE}/sets`), "sets"), readSet),
    set: async (digest) => readPage(await getJson(connection, at("sets", digest))),
    releases: async () => readReleases(await getJson(connection, `${BASE}/releases`)),
    check: async (files) => readChecked(await postJson(connection, `${BASE}/check`, { files }, PARSING)),
    async publish(files, because) {
      const checked = readChecked(await postJson(connection, `${BASE}/check`, { files }, PARSING));
      if (checked.digest === undefined || checked.problems.some(({ blocking }) => blocking))
        return { refused: checked };
      return { kept: readSet(await postJson(connection, `${BASE}/sets`, { files, because }, PARSING)) };
    },
    diff: async (before, after) => readDiff(await postJson(connection, `${BASE}/diff`, { before, after })),
    rollout: async (wish) => readSetRelease(await postJson(connection, `${BASE}/releases`, wish)),
    pause: (id, because) => act(id, "pause", { because }),
    resume: (id, because) => act(id, "resume", { because }),
    rollback: (id, because, to) => act(id, "rollback", { because, ...(to === undefined ? {} : { to }) }),
    async approvalTerms(what, id) {
      const answer = await postJson(connection, `${at(what, id)}/options`, {});
      return { terms: text(member(answer, "terms")), options: maybe(member(answer, "options"), readRequest) };
    },
    async approve(what, id, terms, credential) {
      await postJson(connection, `${at(what, id)}/approve`, {
        terms,
        ...(credential === undefined ? {} : { credential }),
      });
    },
  };
}

function at(what: string, id: string): string {
  return `${BASE}/${what}/${encodeURIComponent(id)}`;
}

function readSet(set: Part): SetView {
  return {
    digest: text(member(set, "digest")),
    name: text(member(set, "name")),
    owner: text(member(set, "owner")),
    policies: whole(member(set, "policies")),
    state: text(member(set, "state")),
    tightens: flag(member(set, "tightens")),
    by: text(member(set, "by")),
    because: text(member(set, "because")),
    at: text(member(set, "at")),
    against: nothing(member(set, "against"), text),
    problems: list(member(set, "problems"), readProblem),
    approvedBy: maybe(member(set, "approvedBy"), text),
    approvedAt: maybe(member(set, "approvedAt"), text),
    enforced: maybe(member(set, "enforced"), text),
  };
}

function readPage(page: Part): SetPage {
  return {
    ...readSet(page),
    terms: text(member(page, "terms")),
    barred: text(member(page, "barred")),
    diff: nothing(member(page, "diff"), readDiff),
    lastCalls: nothing(member(page, "lastCalls"), (calls) => ({
      calls: whole(member(calls, "calls")),
      differ: whole(member(calls, "differ")),
      moves: list(member(calls, "moves"), text),
    })),
    files: list(member(page, "files"), (file) => ({
      path: text(member(file, "path")),
      text: text(member(file, "text")),
    })),
  };
}

function readProblem(problem: Part): PolicyProblem {
  const fix = maybe(member(problem, "fix"), text);
  return {
    code: text(member(problem, "code")),
    file: text(member(problem, "file")),
    line: whole(member(problem, "line")),
    column: whole(member(problem, "column")),
    text: text(member(problem, "text")),
    ...(fix === undefined ? {} : { fix }),
    blocking: flag(member(problem, "blocking")),
  };
}

function readChecked(checked: Part): CheckedView {
  const cases = member(checked, "cases");
  return {
    digest: nothing(member(checked, "digest"), text),
    policies: whole(member(checked, "policies")),
    problems: list(member(checked, "problems"), readProblem),
    cases: { passed: whole(member(cases, "passed")), failed: whole(member(cases, "failed")) },
  };
}

function readDiff(diff: Part): PolicyDiff {
  return {
    added: list(member(diff, "added"), text),
    removed: list(member(diff, "removed"), text),
    changed: list(member(diff, "changed"), text),
    isSchemaSame: flag(member(diff, "isSchemaSame")),
    tries: whole(member(diff, "tries")),
    found: list(member(diff, "found"), readSeparating),
  };
}

function readSeparating(found: Part): PolicySeparating {
  const question = member(found, "question");
  return {
    principal: entity(member(question, "principal")),
    action: text(member(question, "action")),
    resource: entity(member(question, "resource")),
    context: JSON.stringify(member(question, "context").value),
    before: side(member(found, "before")),
    after: side(member(found, "after")),
  };
}

function entity(part: Part): string {
  return `${text(member(part, "type"))}::${JSON.stringify(text(member(part, "id")))}`;
}

function side(part: Part): PolicySide {
  return { answer: text(member(part, "answer")), policies: list(member(part, "policies"), text) };
}

function readReleases(answer: Part): ReleasesView {
  return {
    domain: text(member(answer, "domain")),
    fourEyes: flag(member(answer, "fourEyes")),
    folder: nothing(member(answer, "folder"), (folder) => ({
      digest: text(member(folder, "digest")),
      name: text(member(folder, "name")),
      policies: whole(member(folder, "policies")),
    })),
    general: nothing(member(answer, "general"), (general) => ({
      digest: text(member(general, "digest")),
      release: text(member(general, "release")),
    })),
    releases: list(member(answer, "releases"), readSetRelease),
  };
}

function readSetRelease(release: Part): SetReleaseView {
  const scope = member(release, "scope");
  return {
    id: text(member(release, "id")),
    set: text(member(release, "set")),
    name: text(member(release, "name")),
    mode: text(member(release, "mode")),
    scope: Object.keys(members(scope)).map((part) => [part, text(member(scope, part))] as const),
    percent: whole(member(release, "percent")),
    from: text(member(release, "from")),
    until: maybe(member(release, "until"), text),
    state: text(member(release, "state")),
    on: flag(member(release, "on")),
    by: text(member(release, "by")),
    because: text(member(release, "because")),
    barred: text(member(release, "barred")),
    changed: text(member(release, "changed")),
    approvedBy: maybe(member(release, "approvedBy"), text),
    unconfirmed: maybe(member(release, "unconfirmed"), (doubt) => ({
      by: text(member(doubt, "by")),
      what: text(member(doubt, "what")),
      until: text(member(doubt, "until")),
    })),
    shadow: maybe(member(release, "shadow"), (shadow) => ({
      judged: whole(member(shadow, "judged")),
      different: whole(member(shadow, "different")),
      stride: whole(member(shadow, "stride")),
    })),
  };
}

/** `undefined` where the member is null. */
function nothing<T>(part: Part, read: (part: Part) => T): T | undefined {
  return part.value === null ? undefined : read(part);
}
