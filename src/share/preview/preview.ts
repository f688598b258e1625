// SPDX-License-Identifier: Apache-2.0
// What a partner would be told of an incident, beside what is known here. Nothing is sent by this, and nothing is written.
import {
  type Bytes,
  canonicalize,
  type Digest,
  digestOf,
  type Finding,
  type IncidentFacts,
  type Instant,
  incidentName,
  isJsonArray,
  type JsonObject,
  member,
  quote,
  type Tlp,
} from "../../core/index.ts";
import type { Inspector } from "../../protect/index.ts";
import { ShareError } from "../errors.ts";
import type { Removal } from "../minimise/minimise.ts";
import type { Profile } from "../minimise/profile.ts";
import { bundleProblems } from "../stix/check.ts";
import type { StixIds } from "../stix/ids.ts";
import { objectsOf, type Producer } from "../stix/objects.ts";
import type { Techniques } from "../stix/techniques.ts";
import { fixedText } from "../stix/words.ts";
import { assemble } from "./bundle.ts";
import { identifiersOf } from "./identifiers.ts";
import { type Residue, residueOf } from "./residue.ts";

export interface PreviewAsk {
  readonly incident: IncidentFacts;
  /** Those that the incident does not name, or that are planted and it is no exercise, are not looked at. */
  readonly findings: readonly Finding[];
  readonly profile: Profile;
  readonly producer: Producer;
  /** When it would be said. */
  readonly at: Instant;
}

export interface PreviewPorts {
  readonly ids: StixIds;
  readonly techniques: Techniques;
  readonly inspector: Inspector;
}

/** What would leave: exactly these bytes, RFC 8785 of the bundle, and their digest. */
export interface Outgoing {
  readonly bundle: JsonObject;
  readonly bytes: Bytes;
  readonly digest: Digest;
}

export interface Preview {
  /** What people call the incident. */
  readonly incident: string;
  /** `{objects}`: STIX, and in each object `internal`, which never leaves. */
  readonly internal: JsonObject;
  /** Every leaf of `internal` that does not leave, or leaves coarser: pointers into it. */
  readonly removed: readonly Removal[];
  readonly tlp: Tlp;
  readonly profile: Pick<Profile, "id" | "version" | "digest">;
  readonly residue: readonly Residue[];
  /** Why nothing could leave; empty where it could. */
  readonly blocked: readonly string[];
  /** Absent where it is blocked: there are no bytes that anybody could send by mistake. */
  readonly outgoing?: Outgoing;
}

/** The same question gives the same bytes. @throws ShareError SHARE_PRODUCER_INVALID */
export async function preview(ask: PreviewAsk, { ids, techniques, inspector }: PreviewPorts): Promise<Preview> {
  const { incident, profile, producer, at } = ask;
  if (producer.name.trim() === "" || producer.name.length > 100)
    throw new ShareError("SHARE_PRODUCER_INVALID", `previewing as ${quote(producer.name)}: not 1 to 100 characters`, {
      fix: "Name the house as its partners know it.",
    });
  const { tlp } = profile;
  const findings = ask.findings.filter((finding) => isPartOf(incident, finding));
  const known = objectsOf({ incident, findings, producer, techniques, tlp, ids, at });
  const { objects, removed } = assemble(known, profile, tlp);
  const bundle: JsonObject = { type: "bundle", id: ids("bundle", digestOf(objects)), objects };
  const identifiers = identifiersOf(incident, findings);
  const residue = await residueOf(bundle, { identifiers, fixed: fixedText(techniques), inspector });
  const blocked = [
    ...(objects.length === 0 ? ["the profile lets nothing out"] : bundleProblems(bundle)),
    ...(incident.exercise && !objects.every(saysExercise)
      ? ["it is an exercise, and the profile does not let every object say so: list /labels"]
      : []),
    ...residue.map(({ pointer, what }) => `${what}${pointer === "" ? "" : ` at ${pointer}`}`),
  ];
  return {
    incident: incidentName(incident),
    internal: { objects: known },
    removed,
    tlp,
    profile: { id: profile.id, version: profile.version, digest: profile.digest },
    residue,
    blocked,
    ...(blocked.length === 0 && {
      outgoing: { bundle, bytes: canonicalize(bundle), digest: digestOf(bundle) },
    }),
  };
}

/** A planted sign is told in an exercise only: elsewhere it would pass for a real one. */
function isPartOf({ findings, exercise }: IncidentFacts, { id, synthetic }: Finding): boolean {
  return findings.includes(id) && (exercise || !synthetic);
}

/** What nobody marked as an exercise would be taken for real (share S49); a marking says nothing of its own. */
function saysExercise(object: JsonObject): boolean {
  const labels = member(object, "labels");
  return object["type"] === "marking-definition" || (isJsonArray(labels) && labels.includes("exercise"));
}
