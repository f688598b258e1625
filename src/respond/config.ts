// SPDX-License-Identifier: Apache-2.0
// What a person may set, and what the server tells this room about where it stands.
import { z } from "zod";

export interface RespondSettings {
  readonly approvals: {
    /** UNIT: ms. */
    readonly ttlMs: number;
    /** UNIT: ms. */
    readonly maxMs: number;
    readonly pendingPerRequester: number;
    readonly fourEyes: boolean;
  };
  readonly automatic: {
    /** Identities that may stop working without anybody being asked. */
    readonly identities: number;
  };
  readonly automaticRate: {
    /** UNIT: ms. */
    readonly perMs: number;
    readonly share: number;
    readonly min: number;
  };
}

const DAY_MS = 24 * 3_600_000;

/** The section `respond:` of the configuration. */
export const respondSection: z.ZodType<RespondSettings> = z
  .strictObject({
    approvals: z
      .strictObject({
        ttlMs: z
          .number()
          .int()
          .min(1000)
          .max(DAY_MS)
          .default(900_000)
          .meta({ unit: "ms" })
          .describe("How long a question to people is open where the policy's remedy does not say."),
        maxMs: z
          .number()
          .int()
          .min(1000)
          .max(DAY_MS)
          .default(DAY_MS)
          .meta({ unit: "ms" })
          .describe("The longest that any question is open, whatever a remedy says."),
        pendingPerRequester: z
          .number()
          .int()
          .min(1)
          .max(100)
          .default(5)
          .describe("Questions that one identity may have open at once; more are refused."),
        fourEyes: z
          .boolean()
          .default(true)
          .describe(
            "Nobody agrees to what is asked on their own behalf, whatever a remedy says. Off, a remedy with `notRequester: false` lets them.",
          ),
      })
      .prefault({}),
    automatic: z
      .strictObject({
        identities: z
          .number()
          .int()
          .min(1)
          .max(100_000)
          .default(25)
          .describe("Identities that one automatic order may stop; more need a person."),
      })
      .prefault({}),
    automaticRate: z
      .strictObject({
        perMs: z
          .number()
          .int()
          .min(1000)
          .max(DAY_MS)
          .default(600_000)
          .meta({ unit: "ms" })
          .describe("The time over which automatic isolations are counted."),
        share: z.number().min(0).max(1).default(0.01).describe("Share of all identities that may be isolated in it."),
        min: z.number().int().min(1).max(10_000).default(5).describe("So many may be, however few there are."),
      })
      .prefault({}),
  })
  .prefault({});

export interface RespondConfig {
  readonly settings: RespondSettings;
  /** Whether signatures of a demo key count: only where the whole server is a demonstration. */
  readonly demo: boolean;
}
