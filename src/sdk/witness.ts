// SPDX-License-Identifier: Apache-2.0
// Witnesses in the control API: who cosigns the log of this server, whose logs it cosigns, and who of them lied.
import { flag, list, maybe, member, type Part, text, whole } from "./parts.ts";
import { type Connection, getJson, getText, postJson } from "./request.ts";

/** A witness of our log, as it was when it was asked last. */
export interface WitnessView {
  readonly name: string;
  readonly url: string;
  /** `cosigned`, `away`, `refused`, `ahead` or `never`. */
  readonly last: string;
  readonly detail: string;
}

/** A log that signed two roots for one size. */
export interface ForkView {
  readonly id: string;
  readonly origin: string;
  readonly size: number;
  /** Both as the log signed them. */
  readonly notes: readonly string[];
  readonly found: string;
  readonly clearedBy: readonly string[];
  readonly open: boolean;
}

export interface WitnessingView {
  readonly log: {
    readonly origin: string;
    readonly vkeys: readonly string[];
    readonly secondSignature: string;
    readonly size: number;
    readonly published: number;
    /** `none`, `met`, `missed` or `unwitnessed`. */
    readonly state: string;
    readonly lagMs: number;
    readonly witnesses: readonly WitnessView[];
  };
  /** Left out where this server is no witness. */
  readonly witness:
    | {
        readonly url: string;
        readonly vkeys: readonly string[];
        readonly logs: readonly { readonly origin: string; readonly size: number }[];
        readonly forks: readonly ForkView[];
      }
    | undefined;
}

/** Every method throws SdkError, as those of the client do. */
export interface WitnessClient {
  status(): Promise<WitnessingView>;
  /** The keys of this server's log and of its witness, as a tlog-policy file: what a partner needs to have. */
  keys(): Promise<string>;
  /** @returns how many people say so by now; two are needed */
  clear(fork: string, because: string): Promise<number>;
}

export function witnessClient(connection: Connection): WitnessClient {
  return {
    status: async () => readStatus(await getJson(connection, "/api/record/witness")),
    keys: () => getText(connection, "/log/keys"),
    clear: async (fork, because) => {
      const path = `/api/record/witness/forks/${encodeURIComponent(fork)}/clear`;
      return whole(member(await postJson(connection, path, { because }), "people"));
    },
  };
}

function readStatus(status: Part): WitnessingView {
  const log = member(status, "log");
  return {
    log: {
      origin: text(member(log, "origin")),
      vkeys: list(member(log, "vkeys"), text),
      secondSignature: text(member(log, "secondSignature")),
      size: whole(member(log, "size")),
      published: whole(member(log, "published")),
      state: text(member(log, "state")),
      lagMs: whole(member(log, "lagMs")),
      witnesses: list(member(log, "witnesses"), readWitness),
    },
    witness: maybe(member(status, "witness"), readDesk),
  };
}

function readWitness(one: Part): WitnessView {
  const [name, url, last, detail] = ["name", "url", "last", "detail"].map((key) => text(member(one, key)));
  return { name: name ?? "", url: url ?? "", last: last ?? "", detail: detail ?? "" };
}

function readDesk(desk: Part): NonNullable<WitnessingView["witness"]> {
  return {
    url: text(member(desk, "url")),
    vkeys: list(member(desk, "vkeys"), text),
    logs: list(member(desk, "logs"), (log) => ({
      origin: text(member(log, "origin")),
      size: whole(member(log, "size")),
    })),
    forks: list(member(desk, "forks"), readFork),
  };
}

function readFork(fork: Part): ForkView {
  return {
    id: text(member(fork, "id")),
    origin: text(member(fork, "origin")),
    size: whole(member(fork, "size")),
    notes: list(member(fork, "notes"), text),
    found: text(member(fork, "found")),
    clearedBy: list(member(fork, "clearedBy"), text),
    open: flag(member(fork, "open")),
  };
}
