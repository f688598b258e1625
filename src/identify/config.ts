// SPDX-License-Identifier: Apache-2.0
// What a person may set, and what the server tells this room about where it stands.
import { z } from "zod";
import type { TenantId } from "../core/index.ts";
import { IdentifyError } from "./errors.ts";

export interface IdentifySettings {
  /** UNIT: ms. */
  readonly readTtlMs: number;
  /** UNIT: ms. */
  readonly effectTtlMs: number;
  /** UNIT: ms. */
  readonly stepMs: number;
  /** UNIT: ms. */
  readonly skewMs: number;
  /** UNIT: ms. */
  readonly leaseMs: number;
  readonly remotePairing: boolean;
  /** UNIT: ms. */
  readonly sessionMs: number;
  /** UNIT: ms. */
  readonly sessionIdleMs: number;
  /** File that says which role gives which rights; the package's own where it is absent. */
  readonly roles?: string | undefined;
}

/** The section `identify:` of the configuration. */
export const identifySection: z.ZodType<IdentifySettings> = z
  .strictObject({
    readTtlMs: z
      .number()
      .int()
      .min(10_000)
      .max(300_000)
      .default(120_000)
      .meta({ unit: "ms" })
      .describe("How long a token that only reads lives; no token outlives its step, its mandate or its identity."),
    effectTtlMs: z
      .number()
      .int()
      .min(5_000)
      .max(120_000)
      .default(30_000)
      .meta({ unit: "ms" })
      .describe("How long a token with any other verb lives."),
    stepMs: z
      .number()
      .int()
      .min(30_000)
      .max(3_600_000)
      .default(600_000)
      .meta({ unit: "ms" })
      .describe("How long a step may stay open; it never outlives its mandate."),
    skewMs: z
      .number()
      .int()
      .min(0)
      .max(60_000)
      .default(5_000)
      .meta({ unit: "ms" })
      .describe("How far a caller's clock may be off."),
    leaseMs: z
      .number()
      .int()
      .min(3_600_000)
      .max(90 * 86_400_000)
      .default(7 * 86_400_000)
      .meta({ unit: "ms" })
      .describe("How long an enrolled instance counts that does not renew itself."),
    remotePairing: z
      .boolean()
      .default(false)
      .describe("Whether programs on other machines may ask to be paired; a person sees that they are."),
    sessionMs: z
      .number()
      .int()
      .min(60_000)
      .max(12 * 3_600_000)
      .default(12 * 3_600_000)
      .meta({ unit: "ms" })
      .describe("How long a person stays signed in at most."),
    sessionIdleMs: z
      .number()
      .int()
      .min(60_000)
      .max(12 * 3_600_000)
      .default(30 * 60_000)
      .meta({ unit: "ms" })
      .describe("How long a session lasts at which nobody does anything."),
    roles: z
      .string()
      .min(1)
      .optional()
      .describe("file that says which role gives which rights, in place of policies/roles.yaml of the package"),
  })
  .prefault({});

/** A resource that only holders of a token for it may use. */
export interface ProtectedResource {
  /** Public URL: the audience of its tokens and the `htu` of its proofs. */
  readonly url: string;
  /** For people. */
  readonly name?: string;
}

export interface IdentifyConfig {
  /** Public base URL without a trailing slash: byte for byte the `iss` of tokens and metadata (identify I47). */
  readonly issuer: string;
  readonly trustDomain: string;
  readonly tenant: TenantId;
  readonly resources: readonly ProtectedResource[];
  /** Where `setup-link` and `cli-token` are put. */
  readonly dataDir: string;
  readonly settings: IdentifySettings;
}

/** Refuses addresses that would not come back as they were written. @throws IdentifyError IDENTIFY_CONFIG */
export function checkConfig({ issuer, resources }: Pick<IdentifyConfig, "issuer" | "resources">): void {
  checkUrl("the issuer", issuer);
  if (issuer.endsWith("/")) throw new IdentifyError("IDENTIFY_CONFIG", "reading the issuer: it ends with a slash");
  const urls = new Set<string>();
  for (const { url } of resources) {
    checkUrl("a protected resource", url);
    if (urls.has(url)) throw new IdentifyError("IDENTIFY_CONFIG", "reading the protected resources: one stands twice");
    urls.add(url);
  }
}

// SOURCE: RFC 8414 section 2 and RFC 8707 section 2: no fragment; a query would not survive in `htu`
function checkUrl(what: string, text: string): void {
  const url = URL.parse(text);
  const plain = url !== null && url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (!plain || !["http:", "https:"].includes(url.protocol) || /[?#"\\\s]/.test(text)) {
    throw new IdentifyError("IDENTIFY_CONFIG", `reading ${what}: not a plain http or https URL`);
  }
}
