// SPDX-License-Identifier: Apache-2.0
// What a registration must bring, and which moves a life may make (identify I1-I6). Pure: asked before anything is written.
import {
  type BlueprintRef,
  type Identity,
  type IdentityId,
  type IdentityKind,
  type IdentityStatus,
  type Instant,
  JURISDICTION,
} from "../core/index.ts";
import type { Registered } from "./rows.ts";

/** Why the registry says no; nothing was stored. */
export type RegistryNo =
  | "invalid"
  | "exists"
  | "unknown"
  | "sponsor_unfit"
  | "grantor_unfit"
  | "move_refused"
  | "key_in_use"
  | "contained"
  | "full";
export interface No {
  readonly no: RegistryNo;
  /** For the person who asked. */
  readonly why: string;
}
export type Outcome<T> = { readonly done: T } | No;

/** Who changes it, and why: both stand in the entry. */
export interface Act {
  /** A person, or `system` for what the host's operator or the process itself does. */
  readonly by: IdentityId | "system";
  readonly because: string;
}

export interface HumanInput {
  /** What the person is called: kept in one erasable row, never in an entry. */
  readonly name: string;
  readonly environment: string;
  readonly jurisdiction: string;
}

export interface AgentInput {
  /** Last segment of the id. */
  readonly name: string;
  readonly kind?: Exclude<IdentityKind, "human">;
  readonly sponsor: IdentityId;
  readonly purpose: string;
  readonly environment: string;
  readonly jurisdiction: string;
  readonly expires: Instant;
  readonly blueprint?: BlueprintRef;
  /** Set at birth and never removed: drill twins and probes. */
  readonly synthetic?: boolean;
}

/** UNIT: ms. Longest life of an identity that is no human (identify I2). */
export const LIFE_MAX_MS: number = 365 * 86_400_000;
/** UNIT: UTF-8 bytes. Longest text a person may give. */
export const TEXT_MAX_BYTES = 512;

const WORD = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export const no = (code: RegistryNo, why: string): No => ({ no: code, why });
const isText = (text: string): boolean => text.trim() !== "" && Buffer.byteLength(text) <= TEXT_MAX_BYTES;

export function checkAct(act: Act): No | undefined {
  return isText(act.because) ? undefined : no("invalid", "say why, in at most 512 bytes");
}

export function checkPlace(input: { readonly environment: string; readonly jurisdiction: string }): No | undefined {
  if (!WORD.test(input.environment)) return no("invalid", "the environment is a lower-case word");
  if (!JURISDICTION.test(input.jurisdiction)) return no("invalid", "the jurisdiction is an ISO 3166 code, EU or EEA");
  return undefined;
}

export function checkHuman(input: HumanInput): No | undefined {
  return isText(input.name) ? checkPlace(input) : no("invalid", "a person needs a name");
}

export function checkSegment(name: string): No | undefined {
  return SEGMENT.test(name) ? undefined : no("invalid", "the name is letters, digits, dots, dashes and underscores");
}

export function checkWord(name: string): No | undefined {
  return WORD.test(name) ? undefined : no("invalid", "the name is a lower-case word");
}

export function checkAgent(input: AgentInput, sponsor: Identity | undefined, now: Instant): No | undefined {
  const text = isText(input.purpose) ? undefined : no("invalid", "it needs a purpose");
  const life = input.expires > now && input.expires <= now + LIFE_MAX_MS;
  return (
    checkSegment(input.name) ??
    text ??
    checkPlace(input) ??
    (life ? undefined : no("invalid", "it ends within 365 days from now")) ??
    checkSponsor(sponsor, now)
  );
}

export function checkSponsor(sponsor: Identity | undefined, now: Instant): No | undefined {
  const fit = sponsor?.kind === "human" && sponsor.status === "active" && sponsor.expires > now;
  return fit ? undefined : no("sponsor_unfit", "the sponsor is not an active person");
}

export type Move = "suspend" | "resume" | "retire" | "isolate" | "release";

const MOVES: Readonly<Record<Move, { from: readonly IdentityStatus[]; to: IdentityStatus }>> = {
  suspend: { from: ["active"], to: "suspended" },
  resume: { from: ["suspended"], to: "active" },
  retire: { from: ["active", "suspended", "isolated"], to: "retired" },
  isolate: { from: ["active", "suspended"], to: "isolated" },
  // never straight back to work: somebody else resumes it (respond R42)
  release: { from: ["isolated"], to: "suspended" },
};

/** Where a move leads, or why it may not be made (identify I3). */
export function checkMove(move: Move, registered: Registered, act: Act): { readonly to: IdentityStatus } | No {
  const { from, to } = MOVES[move];
  const { status } = registered.identity;
  if (!from.includes(status)) return no("move_refused", `${move} is no move from ${status}`);
  if (move === "resume" && act.by !== "system" && act.by === registered.suspendedBy) {
    return no("move_refused", "another person than the one who suspended it resumes it");
  }
  return { to };
}
