// SPDX-License-Identifier: Apache-2.0
// What is known of an incident, as STIX 2.1 objects (share S10). This is the view of the house: beside the properties of
// STIX each object has `internal`, what our own records say, which no profile lets out. Only what the facts say is written:
// the findings of today hold nothing that somebody else could look for, so there is no indicator among the objects.
import {
  type Finding,
  formatInstant,
  type IncidentFacts,
  type Instant,
  incidentName,
  isJsonArray,
  type Json,
  type JsonObject,
  jsonObject,
  type Tlp,
} from "../../core/index.ts";
import { visible } from "../text.ts";
import type { StixIds } from "./ids.ts";
import { markingId } from "./markings.ts";
import { SEVERITY_EXTENSION, severity } from "./severity.ts";
import { ATLAS_ID, OWASP_ID, type Techniques } from "./techniques.ts";
import { incidentWords, signSentence, WORDS } from "./words.ts";

/** Who says it. */
export interface Producer {
  /** As partners know the house; it leaves. At most 100 characters. */
  readonly name: string;
}

export interface Known {
  readonly incident: IncidentFacts;
  /** Those that it rests on. */
  readonly findings: readonly Finding[];
  readonly producer: Producer;
  readonly techniques: Techniques;
  readonly tlp: Tlp;
  readonly ids: StixIds;
  /** When it is said. */
  readonly at: Instant;
}

/** UNIT: UTF-16 units. More of a text that others wrote is not shown (experience X26). */
export const TEXT_MAX_UNITS = 2000;
/** SOURCE: STIX 2.1 section 5.2: the largest `count`. */
const COUNT_MAX = 999_999_999;

type Members = Readonly<Record<string, Json>>;
type Make = (type: string, ours: string, members: Members) => JsonObject;

/** Every object but the marking, in the order in which they are read; the one that names all others is the last. */
export function objectsOf(known: Known): readonly JsonObject[] {
  const { incident, ids, findings } = known;
  const make = maker(known);
  const victim = `victim of ${incident.id}`;
  const objects = [
    make("identity", "producer", producerOf(known.producer)),
    make("identity", victim, { name: WORDS.victim, description: WORDS.victim, identity_class: "class" }),
    ...placesOf(incident, ids("identity", victim), make, ids),
    make("incident", incident.id, incidentMembers(incident, findings)),
    ...findings.map((finding) => make("note", finding.id, noteMembers(finding, ids("incident", incident.id)))),
    ...techniqueObjects(known, findings, ids("identity", victim), make),
    ...containmentObjects(incident, atlasOf(findings), make, ids),
  ];
  return [...objects, make("report", incident.id, reportMembers(known, findings, objects))];
}

function maker({ ids, at, tlp, incident }: Known): Make {
  return (type, ours, members) => ({
    type,
    spec_version: "2.1",
    id: ids(type, ours),
    created: formatInstant(at),
    modified: formatInstant(at),
    created_by_ref: ids("identity", "producer"),
    object_marking_refs: [markingId(tlp)],
    ...members,
    ...(incident.exercise && { labels: ["exercise", ...listOf(members["labels"])] }),
  });
}

function producerOf({ name }: Producer): Members {
  return { name: visible(name, 100), description: WORDS.producer, identity_class: "organization" };
}

/** A country or a part of one: `EU` and `EEA` are none. */
function placesOf({ jurisdictions }: IncidentFacts, victim: string, make: Make, ids: StixIds): readonly JsonObject[] {
  const places = jurisdictions.filter((place) => /^(?!EU$)[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/.test(place));
  return places.flatMap((place) => [
    make("location", place, { name: WORDS.place, country: place }),
    make("relationship", `victim in ${place}`, {
      relationship_type: "located-at",
      source_ref: victim,
      target_ref: ids("location", place),
    }),
  ]);
}

function incidentMembers(incident: IncidentFacts, findings: readonly Finding[]): Members {
  const certain = findings.length > 0;
  return {
    name: incidentWords(incident, findings),
    description: certain ? WORDS.certain : WORDS.noSign,
    extensions: { [SEVERITY_EXTENSION]: severity(incident, certain) },
    internal: {
      id: incident.id,
      name: incidentName(incident),
      version: incident.v,
      state: incident.state,
      title: visible(incident.title, TEXT_MAX_UNITS),
      times: jsonObject(Object.entries(incident.times).map(([name, { at }]) => [name, formatInstant(at)] as const)),
      identities: incident.identities,
      sponsors: incident.sponsors,
      categories: incident.categories.map((category) => visible(category, TEXT_MAX_UNITS)),
      jurisdictions: incident.jurisdictions.map((place) => visible(place, TEXT_MAX_UNITS)),
      destinations: incident.destinations.map(({ operator, jurisdiction }) => ({
        operator: visible(operator, TEXT_MAX_UNITS),
        jurisdiction: visible(jurisdiction, TEXT_MAX_UNITS),
      })),
      records: { n: incident.records.n, quality: incident.records.quality },
      malicious: incident.malicious,
    },
  };
}

function noteMembers(finding: Finding, incident: string): Members {
  return {
    abstract: `Certain sign, seen ${counted(finding.times)}`,
    content: signSentence(finding),
    object_refs: [incident],
    internal: {
      id: finding.id,
      detector: finding.detector,
      code: visible(finding.code, TEXT_MAX_UNITS),
      subject: visible(finding.subject.id, TEXT_MAX_UNITS),
      scopes: finding.scopes.map(({ kind, id }) => visible(`${kind} ${id}`, TEXT_MAX_UNITS)),
      detected: formatInstant(finding.detectedAt),
      reasons: finding.reasons.map(({ text, entries, params }) => ({
        text: visible(text, TEXT_MAX_UNITS),
        entries,
        seen: Object.entries(params).map(([name, value]) => visible(`${name} ${value}`, TEXT_MAX_UNITS)),
      })),
    },
  };
}

function techniqueObjects(
  { techniques, ids }: Known,
  findings: readonly Finding[],
  victim: string,
  make: Make,
): readonly JsonObject[] {
  return atlasOf(findings).flatMap((id) => {
    const seen = findings.filter(({ tags }) => tags.atlas.includes(id));
    const technique = techniques.get(id);
    const owasp = [...new Set(seen.flatMap(({ tags }) => tags.owasp.filter((tag) => OWASP_ID.test(tag))))].toSorted();
    return [
      make("attack-pattern", id, {
        name: technique?.name ?? `MITRE ATLAS ${id}`,
        description: WORDS.technique,
        external_references: [{ source_name: "mitre-atlas", external_id: id }],
        ...(technique && {
          kill_chain_phases: technique.phases.map((phase) => ({ kill_chain_name: "mitre-atlas", phase_name: phase })),
        }),
        ...(owasp.length > 0 && { labels: owasp }),
      }),
      make("sighting", `${victim} ${id}`, {
        sighting_of_ref: ids("attack-pattern", id),
        where_sighted_refs: [victim],
        first_seen: formatInstant(minOf(seen, ({ firstAt }) => firstAt)),
        last_seen: formatInstant(maxOf(seen, ({ lastAt }) => lastAt)),
        count: Math.min(
          COUNT_MAX,
          seen.reduce((sum, { times }) => sum + times, 0),
        ),
        summary: true,
      }),
    ];
  });
}

function containmentObjects(
  incident: IncidentFacts,
  atlas: readonly string[],
  make: Make,
  ids: StixIds,
): readonly JsonObject[] {
  if (incident.actions.length === 0) return [];
  const ours = `containment of ${incident.id}`;
  const measure = make("course-of-action", ours, {
    name: WORDS.containment,
    description: incident.times.containedAt === undefined ? WORDS.ordered : WORDS.contained,
    internal: { orders: incident.actions },
  });
  const mitigates = atlas.map((id) =>
    make("relationship", `${ours} mitigates ${id}`, {
      relationship_type: "mitigates",
      source_ref: ids("course-of-action", ours),
      target_ref: ids("attack-pattern", id),
    }),
  );
  return [measure, ...mitigates];
}

function reportMembers({ incident, at }: Known, findings: readonly Finding[], objects: readonly JsonObject[]): Members {
  return {
    name: WORDS.report,
    description: incident.exercise ? WORDS.exercise : incidentWords(incident, findings),
    report_types: ["threat-report"],
    published: formatInstant(at),
    object_refs: objects.map(({ id }) => id ?? ""),
  };
}

/** ATLAS ids of the tags; a tag of another form does not leave. */
function atlasOf(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.flatMap(({ tags }) => tags.atlas.filter((id) => ATLAS_ID.test(id))))].toSorted();
}

function counted(times: number): string {
  return times === 1 ? "once" : `${times} times`;
}

function listOf(json: Json | undefined): readonly Json[] {
  return isJsonArray(json) ? json : [];
}

function minOf(findings: readonly Finding[], of: (finding: Finding) => Instant): Instant {
  return findings.map(of).reduce((a, b) => (b < a ? b : a));
}

function maxOf(findings: readonly Finding[], of: (finding: Finding) => Instant): Instant {
  return findings.map(of).reduce((a, b) => (b > a ? b : a));
}
