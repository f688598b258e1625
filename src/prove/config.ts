// SPDX-License-Identifier: Apache-2.0
// The section `prove` of the configuration.
import { z } from "zod";

export interface ProveSettings {
  readonly regimes: { readonly dir?: string | undefined; readonly transfer: { readonly unreviewed: "ask" | "deny" } };
  readonly mechanisms?: string | undefined;
  readonly entities?: string | undefined;
}

/** Section `prove`, with its defaults. */
export const proveSection: z.ZodType<ProveSettings> = z
  .strictObject({
    regimes: z
      .strictObject({
        dir: z.string().min(1).optional().describe("folder of the rules; left out: those that come with the program"),
        transfer: z
          .strictObject({
            unreviewed: z
              .enum(["ask", "deny"])
              .default("ask")
              .describe("what a rule that bars does before people reviewed it: ask for the review, or bar"),
          })
          .prefault({}),
      })
      .prefault({}),
    entities: z
      .string()
      .min(1)
      .optional()
      .describe("file of the organisation's legal entities; without it no duty can be judged"),
    mechanisms: z
      .string()
      .min(1)
      .optional()
      .describe("file of contracts and other evidence for transfers; none on file where it is absent"),
  })
  .prefault({});
