// SPDX-License-Identifier: Apache-2.0
// Section `decide`: policy domains beside our own, and the enforcement points of others that may ask (AuthZEN).
import { z } from "zod";

export interface DecideSettings {
  /** Domains beside `main`, by name. */
  readonly domains: Readonly<Record<string, DomainSettings>>;
  readonly authzen: { readonly peers: Readonly<Record<string, PeerSettings>> };
}

export interface DomainSettings {
  readonly policies: string;
  readonly entities?: string | undefined;
}

export interface PeerSettings {
  /** File that holds what the peer shows as its bearer token. */
  readonly secret: string;
  readonly domains: readonly string[];
  readonly types: Readonly<Record<string, string>>;
  readonly obligations: readonly string[];
  readonly search: boolean;
  readonly explain: boolean;
}

const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/);

const peer: z.ZodType<PeerSettings> = z.strictObject({
  secret: z.string().min(1).describe("file with the bearer token that this peer shows: 32 characters or more"),
  domains: z.array(name).min(1).default(["main"]).describe("policy domains that it may ask"),
  types: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe("our entity type for a type name that it uses, such as user: Human"),
  obligations: z.array(z.string().min(1)).default([]).describe("duties that it carries out: redact, max_bytes"),
  search: z.boolean().default(false).describe("whether it may search, which enumerates"),
  explain: z.boolean().default(false).describe("whether answers name the policies that decided"),
});

/** The section `decide:` of the configuration. */
export const decideSection: z.ZodType<DecideSettings> = z
  .strictObject({
    domains: z
      .record(
        name,
        z.strictObject({
          policies: z.string().min(1).describe("folder of the domain's policy bundle"),
          entities: z.string().min(1).optional().describe("JSON file of entities that the domain knows"),
        }),
      )
      .default({})
      .describe("policy domains beside main, by name"),
    authzen: z
      .strictObject({
        peers: z.record(name, peer).default({}).describe("enforcement points of others that may ask, by name"),
      })
      .prefault({}),
  })
  .prefault({});
