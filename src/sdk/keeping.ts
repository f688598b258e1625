// SPDX-License-Identifier: Apache-2.0
// Keeping and erasing in the control API: holds, the erasing of people, and openings of what entries commit to.
import { list, maybe, member, type Part, text } from "./parts.ts";
import { type PasskeyRequest, readRequest } from "./passkeys.ts";
import { type Connection, getJson, postJson } from "./request.ts";

export interface HoldView {
  readonly id: string;
  /** `in force`, `lift asked`, `lifted` or `ended`. */
  readonly state: string;
  /** Absent where everybody is held. */
  readonly person?: string;
  /** RFC 3339, UTC; the same for the other times. */
  readonly from?: string;
  readonly to?: string;
  readonly until?: string;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
  readonly lifting?: { readonly by: string; readonly because: string };
  readonly agreedBy?: string;
}

export interface ErasureView {
  readonly id: string;
  /** `requested`, `withdrawn`, `destroying`, `pending backups` or `complete`. */
  readonly state: string;
  readonly person: string;
  readonly by: string;
  readonly because: string;
  readonly at: string;
  readonly agreedBy?: string;
  readonly erased?: string;
  /** When the last backup of the key ends. */
  readonly until?: string;
  /** Holds that are in the way. */
  readonly holds: readonly string[];
}

export interface HoldWish {
  readonly person?: string;
  readonly from?: string;
  readonly to?: string;
  readonly until?: string;
  readonly reason: string;
}

/** What is signed, and what the browser is asked for; a session alone counts where there is nothing to ask. */
export interface KeepTerms {
  readonly terms: string;
  readonly options?: PasskeyRequest;
}

export interface OpeningView {
  readonly ref: string;
  readonly field: string;
  readonly commitment: string;
  readonly salt?: string;
  readonly content?: string;
}

export interface OpeningsView {
  readonly openings: readonly OpeningView[];
  /** What the decision rested on, where it is kept. */
  readonly slice?: string;
}

export interface KeepingClient {
  /** Oldest first; the same for erasures. */
  holds(): Promise<readonly HoldView[]>;
  hold(wish: HoldWish): Promise<HoldView>;
  askLift(id: string, because: string): Promise<HoldView>;
  erasures(): Promise<readonly ErasureView[]>;
  /** @param person - name or id */
  erase(person: string, because: string): Promise<ErasureView>;
  withdraw(id: string): Promise<ErasureView>;
  /** What a second person signs. */
  terms(kind: "holds" | "erasures", id: string): Promise<KeepTerms>;
  /** A second person's yes. @param credential - absent where a session alone counts */
  agree(kind: "holds" | "erasures", id: string, terms: string, credential: object | undefined): Promise<void>;
  /** @param key - index, id or reference of one entry */
  open(
    key: string,
    asked: { readonly contents: Readonly<Record<string, string>>; readonly because: string | undefined },
  ): Promise<OpeningsView>;
}

const PATH = "/api/record";

export function keepingClient(connection: Connection): KeepingClient {
  return {
    holds: async () => list(member(await getJson(connection, `${PATH}/holds`), "holds"), readHold),
    hold: async (wish) => readHold(await postJson(connection, `${PATH}/holds`, wish)),
    askLift: async (id, because) => readHold(await postJson(connection, pathOf("holds", id, "lift"), { because })),
    erasures: async () => list(member(await getJson(connection, `${PATH}/erasures`), "erasures"), readErasure),
    erase: async (person, because) => readErasure(await postJson(connection, `${PATH}/erasures`, { person, because })),
    withdraw: async (id) => readErasure(await postJson(connection, pathOf("erasures", id, "withdraw"), {})),
    async terms(kind, id) {
      const asked = await postJson(connection, pathOf(kind, id, "options"), {});
      const options = maybe(member(asked, "options"), readRequest);
      return { terms: text(member(asked, "terms")), ...(options === undefined ? {} : { options }) };
    },
    async agree(kind, id, terms, credential) {
      const signed = credential === undefined ? { terms } : { terms, credential };
      await postJson(connection, pathOf(kind, id, "approve"), signed);
    },
    async open(key, { contents, because }) {
      const body = because === undefined ? { contents } : { contents, because };
      return readOpenings(await postJson(connection, `${PATH}/entries/${encodeURIComponent(key)}/openings`, body));
    },
  };
}

function pathOf(kind: string, id: string, act: string): string {
  return `${PATH}/${kind}/${encodeURIComponent(id)}/${act}`;
}

function readHold(hold: Part): HoldView {
  return {
    id: text(member(hold, "id")),
    state: text(member(hold, "state")),
    ...there(hold, ["person", "from", "to", "until", "agreedBy"]),
    reason: text(member(hold, "reason")),
    by: text(member(hold, "by")),
    at: text(member(hold, "at")),
    ...(member(hold, "lifting").value === null
      ? {}
      : {
          lifting: {
            by: text(member(member(hold, "lifting"), "by")),
            because: text(member(member(hold, "lifting"), "because")),
          },
        }),
  };
}

function readErasure(erasure: Part): ErasureView {
  return {
    id: text(member(erasure, "id")),
    state: text(member(erasure, "state")),
    person: text(member(erasure, "person")),
    by: text(member(erasure, "by")),
    because: text(member(erasure, "because")),
    at: text(member(erasure, "at")),
    ...there(erasure, ["agreedBy", "erased", "until"]),
    holds: list(member(erasure, "holds"), text),
  };
}

function readOpenings(opened: Part): OpeningsView {
  return {
    openings: list(member(opened, "openings"), (one) => ({
      ref: text(member(one, "ref")),
      field: text(member(one, "field")),
      commitment: text(member(one, "commitment")),
      ...there(one, ["salt", "content"]),
    })),
    ...there(opened, ["slice"]),
  };
}

/** Those of the members that are there as text. */
function there<N extends string>(part: Part, names: readonly N[]): Partial<Record<N, string>> {
  const found: Partial<Record<N, string>> = {};
  for (const name of names) {
    const { value } = member(part, name);
    if (value !== null && value !== undefined) found[name] = text(member(part, name));
  }
  return found;
}
