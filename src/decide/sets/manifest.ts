// SPDX-License-Identifier: Apache-2.0
// `bailiwick.yaml` of a bundle: what the set is called, the domain it decides for, and who answers for it.
import { z } from "zod";
import { CoreError, type DomainId, parseDomainId } from "../../core/index.ts";

export interface Manifest {
  readonly name: string;
  readonly domain: DomainId;
  readonly owner: string;
}

const domain = z.string().transform((text, context): DomainId => {
  try {
    return parseDomainId(text);
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    context.addIssue({ code: "custom", message: cause.message });
    return z.NEVER;
  }
});

export const MANIFEST: z.ZodType<Manifest> = z.strictObject({
  name: z.string().min(1).max(100),
  domain,
  owner: z.string().min(1).max(200),
});
