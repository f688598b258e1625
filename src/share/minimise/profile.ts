// SPDX-License-Identifier: Apache-2.0
// A profile: the allow-list of what may leave, per STIX type the JSON pointers and what becomes of each (share S15). It is
// data, `policies/share/*.yaml`, and read strictly: a profile with one fault lets nothing out.
import { z } from "zod";
import { type Digest, digestOf, parseJson, quote, TLPS, type Tlp } from "../../core/index.ts";
import { shapeOf } from "../stix/shapes.ts";
import { readYaml } from "../yaml.ts";
import { DROPS, type Drop } from "./reasons.ts";
import { TRANSFORMS, type Transform } from "./transforms.ts";

/** What becomes of what a pointer names; `drop` takes all that is below it. */
export type Rule = { readonly transform: Transform } | { readonly drop: Drop };

export interface Profile {
  readonly id: string;
  readonly version: number;
  readonly tlp: Tlp;
  /** By STIX type, then by pointer; `*` stands for each element of a list. */
  readonly types: ReadonlyMap<string, ReadonlyMap<string, Rule>>;
  readonly digest: Digest;
}

/** RFC 6901, with `*` for every element of a list. */
const POINTER = /^(?:\/(?:[^~/*]|~[01])+|\/\*)+$/;
/** Members whose times must stay in order, so they are cut alike. */
const PAIRS = [
  ["/created", "/modified"],
  ["/first_seen", "/last_seen"],
] as const;

const rule = z.union(
  [z.enum(TRANSFORMS).transform((transform): Rule => ({ transform })), z.strictObject({ drop: z.enum(DROPS) })],
  { error: `not one of ${TRANSFORMS.join(", ")}, nor {drop: ${DROPS.join(" | ")}}` },
);

const file = z
  .strictObject({
    schema: z.literal("bailiwick-share-profile/1"),
    id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
    version: z.int().min(1),
    tlp: z
      .enum(TLPS)
      .refine((tlp) => tlp !== "RED", "RED is for named people behind a sign-in; it is in no bundle (share S9)"),
    objects: z.record(z.string(), z.record(z.string(), rule)),
  })
  .superRefine(({ objects }, context) => {
    for (const [type, rules] of Object.entries(objects)) {
      for (const { at, why } of faultsOf(type, new Map(Object.entries(rules))))
        context.addIssue({ code: "custom", path: ["objects", type, ...at], message: why });
    }
  });

interface Fault {
  readonly at: readonly string[];
  readonly why: string;
}

function faultsOf(type: string, rules: ReadonlyMap<string, Rule>): readonly Fault[] {
  const shape = shapeOf(type);
  if (shape === undefined || type === "marking-definition")
    return [{ at: [], why: `${quote(type)} is no object that is written; markings travel by themselves` }];
  const isKept = (pointer: string): boolean => {
    const found = rules.get(pointer);
    return found !== undefined && "transform" in found;
  };
  const missing = shape.required.filter((name) => !isKept(`/${name}`));
  const faults: Fault[] = missing.map((name) => ({
    at: [],
    why: `without /${name} it is not STIX: list it, or leave ${type} out`,
  }));
  for (const pointer of rules.keys()) {
    if (!POINTER.test(pointer)) faults.push({ at: [pointer], why: "not a JSON pointer such as /labels or /reasons/*" });
    // INVARIANT: what our own records say leaves by no profile
    if (/^\/internal(?:\/|$)/.test(pointer) && isKept(pointer))
      faults.push({ at: [pointer], why: "what is internal leaves by no profile: it can only be dropped" });
  }
  const cut = (pointer: string): string => JSON.stringify(rules.get(pointer) ?? null);
  for (const [first, second] of PAIRS) {
    if (cut(first) !== cut(second))
      faults.push({ at: [second], why: `${second} is cut otherwise than ${first}: they could change their order` });
  }
  return faults;
}

/** Reads the text of a profile. @throws ShareError SHARE_PROFILE_INVALID naming line, column and member */
export function readProfile(name: string, text: string): Profile {
  const parsed = readYaml({ name, text, code: "SHARE_PROFILE_INVALID" }, file);
  const { id, version, tlp, objects } = parsed;
  return {
    id,
    version,
    tlp,
    types: new Map(Object.entries(objects).map(([type, rules]) => [type, new Map(Object.entries(rules))])),
    digest: digestOf(parseJson(JSON.stringify(parsed))),
  };
}
