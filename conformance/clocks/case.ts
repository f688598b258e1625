// SPDX-License-Identifier: Apache-2.0
// What a scenario says, as the case that the engine is asked about. A name that the data does not know is a fault: a fact
// that is misspelt would stay unknown for ever.
import { instant } from "../../src/core/index.ts";
import type { Bounds, CaseState, Known, Listed } from "../../src/prove/case/state.ts";
import { dayAt, parseDay } from "../../src/prove/clocks/days.ts";
import type { ClockEvent, Recorded } from "../../src/prove/clocks/events.ts";
import type { Regimes } from "../../src/prove/regimes/load.ts";
import type { FactWord } from "../../src/prove/regimes/names.ts";
import { offsetOf, readMoment } from "./shape.ts";
import type { AmountWritten, Change, EventWritten, FactWritten } from "./written.ts";

/** What is recorded so far: the scenario's own case, or that with its revisions up to one. */
export interface Written extends Change {
  readonly events: readonly EventWritten[];
  readonly facts: Readonly<Record<string, FactWritten>>;
}

/** The names that a scenario can use. */
export interface Words {
  readonly regimes: Regimes;
  readonly reportFields: ReadonlySet<string>;
}

/** A member of a scenario, and what is wrong with it. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

const NO_BOUND = Number.POSITIVE_INFINITY;

export function written(base: Change): Written {
  return { ...base, events: base.events ?? [], facts: base.facts ?? {} };
}

/** The case after a change: facts and roles replace those of the same name, events and filings come to those before. */
export function changed(before: Written, change: Change): Written {
  const gone = new Set((change.events ?? []).flatMap(({ supersedes }) => supersedes ?? []));
  const { people } = change;
  // who says again how complete the numbers are says all of them again
  const replaced =
    people === undefined
      ? before.people
      : { ...people, by: { ...(people.complete === undefined ? before.people?.by : {}), ...people.by } };
  const complete = people?.complete ?? before.people?.complete;
  return {
    entity: { ...before.entity, ...change.entity },
    people: { ...replaced, complete },
    facts: { ...before.facts, ...change.facts },
    events: [...before.events.filter(({ event }) => !gone.has(event)), ...(change.events ?? [])],
    submissions: [...(before.submissions ?? []), ...(change.submissions ?? [])],
    contracts: [...(before.contracts ?? []), ...(change.contracts ?? [])],
  };
}

export function stateOf({ entity = {}, people = {}, facts }: Written, regimes: Regimes): CaseState {
  const known = new Map<string, Known>();
  for (const [name, value] of Object.entries(facts)) {
    const read = knownOf(value);
    if (read !== undefined) known.set(name, read);
  }
  if (entity.public_body !== undefined && regimes.vocabulary.facts.has(PUBLIC_BODY))
    known.set(PUBLIC_BODY, entity.public_body);
  const by = Object.entries(people.by ?? {}).map(([place, amount]) => [place, boundsOf(amount)] as const);
  return {
    entity: {
      roles: listed(entity.roles, entity.roles_complete),
      est: listed(entity.est, entity.est_complete),
      serves: listed(entity.serves, entity.serves_complete),
      freeZones: listed(entity.free_zones, entity.free_zones_complete),
      homeState: entity.home_state,
    },
    people: { by: new Map(by), complete: people.complete ?? false },
    facts: known,
  };
}

export function recordedOf({ events, submissions = [] }: Written): Recorded {
  return {
    events: events.map(eventOf),
    submissions: submissions.map(({ duty, stage, at }) => ({ duty, stage, at: instant(at) })),
  };
}

/** Names that the data does not have. @param before the case that the change is made to */
export function faultsOf(change: Change, before: Written, { regimes, reportFields }: Words): readonly Fault[] {
  return [
    ...entityFaults(change, regimes, reportFields),
    ...placeFaults(change, regimes),
    ...eventFaults(change, before, regimes),
    ...filingFaults(change, before, regimes),
  ];
}

function entityFaults(
  { entity, facts }: Change,
  { vocabulary }: Regimes,
  reportFields: ReadonlySet<string>,
): readonly Fault[] {
  const roles = (entity?.roles ?? []).flatMap((role, index) =>
    unknown(["entity", "roles", index], "role", role, vocabulary.roles.keys()),
  );
  const values = Object.entries(facts ?? {}).flatMap(([name, value]) => {
    const fact = vocabulary.facts.get(name);
    if (fact !== undefined) return valueFaults(["facts", name], fact, value);
    return unknown(["facts", name], "fact", name, [...vocabulary.facts.keys(), ...reportFields]);
  });
  return [...roles, ...values];
}

/** A country that is none would be a place that no law asks for. Countries without a row of their own are welcome. */
function placeFaults({ entity, people }: Change, { vocabulary }: Regimes): readonly Fault[] {
  const { places } = vocabulary;
  const said: readonly (readonly [readonly PropertyKey[], string])[] = [
    ...(["est", "serves"] as const).flatMap((list) =>
      (entity?.[list] ?? []).map((place, index) => [["entity", list, index], place] as const),
    ),
    ...(entity?.home_state === undefined ? [] : [[["entity", "home_state"], entity.home_state] as const]),
    ...Object.keys(people?.by ?? {}).map((place) => [["people", "by", place], place] as const),
  ];
  return said
    .filter(([, place]) => !places.has(place) && !isCountry(place.split("-")[0] ?? ""))
    .map(([path, place]) => ({ path, text: `no such place: ${place}; write an ISO code such as GB or US-CA` }));
}

const REGIONS = new Intl.DisplayNames("en", { type: "region", fallback: "none" });

/** ISO 3166-1, and no code that stands for another such as UK, or for a group such as EU. */
function isCountry(code: string): boolean {
  if (!/^[A-Z]{2}$/.test(code) || code === "EU" || code === "UN") return false;
  return REGIONS.of(code) !== undefined && new Intl.Locale(`und-${code}`).region === code;
}

function eventFaults(change: Change, before: Written, { events }: Regimes): readonly Fault[] {
  const recorded = before.events.map((one) => one.event);
  return (change.events ?? []).flatMap(({ event, supersedes }, index) => [
    ...unknown(["events", index, "event"], "clock event", event, events.keys()),
    ...(supersedes === undefined
      ? []
      : unknown(["events", index, "supersedes"], "event recorded before", supersedes, recorded)),
  ]);
}

function filingFaults(change: Change, before: Written, { rows }: Regimes): readonly Fault[] {
  const contracts = new Set([...(before.contracts ?? []), ...(change.contracts ?? [])].map(({ id }) => id));
  return (change.submissions ?? []).flatMap(({ duty, stage }, index) => {
    const row = rows.get(duty);
    if (row === undefined) {
      return unknown(["submissions", index, "duty"], "duty or contract", duty, [...contracts, ...rows.keys()]);
    }
    const stages = row.stages.map((one) => one.stage.stage);
    return unknown(["submissions", index, "stage"], `stage of ${duty}`, stage ?? "(none)", stages);
  });
}

function unknown(path: readonly PropertyKey[], what: string, name: string, known: Iterable<string>): readonly Fault[] {
  const names = [...known];
  return names.includes(name) ? [] : [{ path, text: `no such ${what}: ${name}${meant(name, names)}` }];
}

/** The nearest name, for a hand that slipped. */
export function meant(name: string, all: readonly string[]): string {
  const near = all.map((one) => ({ one, by: distance(name, one) })).toSorted((a, b) => a.by - b.by)[0];
  return near === undefined || near.by > 3 ? "" : `; did you mean ${near.one}?`;
}

const PUBLIC_BODY = "entity.public_body";

function valueFaults(path: readonly PropertyKey[], fact: FactWord, value: FactWritten): readonly Fault[] {
  if (value === null || value === "unknown") return [];
  const wants = { bool: "true or false", enum: (fact.values ?? []).join(", "), count: "a number or [from, to]" };
  if (fact.type === "bool") return typeof value === "boolean" ? [] : [{ path, text: `write ${wants.bool}` }];
  if (fact.type === "enum") {
    return typeof value === "string" && fact.values?.includes(value) === true
      ? []
      : [{ path, text: `write one of ${wants.enum}` }];
  }
  return typeof value === "number" || typeof value === "object" ? [] : [{ path, text: `write ${wants.count}` }];
}

function eventOf({ event, at, date, zone, precision }: EventWritten): ClockEvent {
  if (at === undefined) return { event, day: parseDay(date ?? ""), zone: zone ?? "UTC", precision: "day" };
  const moment = instant(readMoment(at));
  if (precision === undefined || precision === "exact") return { event, at: moment, precision: "exact" };
  const where = zone ?? offsetOf(at);
  if (precision !== "day") return { event, at: moment, precision, zone: where };
  return { event, day: dayAt(moment, where), zone: where, precision };
}

function listed(names: readonly string[] | undefined, complete: boolean | undefined): Listed {
  return { names: new Set(names), complete: complete ?? false };
}

function knownOf(value: FactWritten): Known | undefined {
  if (typeof value === "boolean") return value;
  if (value === null || value === "unknown") return undefined;
  return typeof value === "string" ? value : boundsOf(value);
}

/** An estimate says nothing that a comparison could stand on (prove J22). */
function boundsOf(amount: AmountWritten): Bounds {
  if (typeof amount === "number") return { lo: amount, hi: amount };
  if (amount === null || amount === "unknown" || "estimate" in amount) return { lo: 0, hi: NO_BOUND };
  if ("at_least" in amount) return { lo: amount.at_least, hi: NO_BOUND };
  return { lo: amount[0], hi: amount[1] ?? NO_BOUND };
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 0; line < a.length; line += 1) {
    const next = [line + 1];
    for (let column = 0; column < b.length; column += 1) {
      const same = (row[column] ?? 0) + (a[line] === b[column] ? 0 : 1);
      next.push(Math.min(same, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
