// SPDX-License-Identifier: Apache-2.0
// Who the legal entities are that duties are judged for (prove J23): a file that the organisation keeps. No fact is in code.
import { z } from "zod";
import type { Count, EntityInput } from "../case/read-case.ts";
import { readCase } from "../case/read-case.ts";
import { ProveError } from "../errors.ts";
import type { Vocabulary } from "../regimes/names.ts";
import { parseYaml, unique } from "../yaml-file.ts";

export interface EntityProfile {
  readonly id: string;
  readonly name: string;
  readonly entity: EntityInput;
  /** Where the people live whose data it holds; complete: nobody lives anywhere else. */
  readonly people: { readonly complete: boolean; readonly by: Readonly<Record<string, Count>> };
}

const names = z.array(z.string()).optional();
const flag = z.boolean().optional();
const file = z.strictObject({
  schema: z.literal("bailiwick-entities/1"),
  entities: unique(
    z
      .array(
        z.strictObject({
          id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "lower-case letters, digits and hyphens"),
          name: z.string().min(1).max(128),
          roles: names,
          roles_complete: flag,
          est: names,
          est_complete: flag,
          serves: names,
          serves_complete: flag,
          home_state: z.string().optional(),
          free_zones: names,
          free_zones_complete: flag,
          public_body: flag,
          people_in: names,
          people_in_complete: flag,
        }),
      )
      .min(1)
      .max(64),
    ({ id }) => id,
  ),
});

const CODE = "PROVE_ENTITIES_INVALID";

/** @throws ProveError PROVE_ENTITIES_INVALID with file, line and column, or the entity whose member is not known */
export function readEntities(path: string, text: string, words: Vocabulary): readonly EntityProfile[] {
  const { entities } = parseYaml({ path, text, code: CODE }, file);
  return entities.map(({ id, name, people_in: places = [], people_in_complete: complete = false, ...entity }) => {
    // somebody of them may be concerned, or nobody
    const people = { complete, by: Object.fromEntries(places.map((place) => [place, { at_least: 0 }])) };
    try {
      readCase({ entity, people }, words);
    } catch (cause) {
      if (!(cause instanceof ProveError)) throw cause;
      throw new ProveError(CODE, `reading ${path}: entity ${id}: ${cause.message}`, { cause });
    }
    return { id, name, entity, people };
  });
}
