// SPDX-License-Identifier: Apache-2.0
// The cases of incidents: what people said of each, kept, and what follows from it. A change is durable in the record before
// anybody is told that it was made; clocks go on from memory whatever the disk does (prove, section 4).
import {
  type Clock,
  type IdentityId,
  type IncidentFacts,
  type IncidentId,
  type IncidentReader,
  incidentName,
  jsonObject,
  parseIncidentId,
  parseJson,
  type Recorder,
  type Store,
} from "../../core/index.ts";
import { ProveError } from "../errors.ts";
import { type CaseChange, readChange } from "./change.ts";
import type { EntityProfile } from "./entities.ts";
import { tables } from "./schema.ts";
import { type CaseClock, type CaseView, type Library, viewOf } from "./view.ts";

export interface CasePorts {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly incidents: IncidentReader;
}

export interface Saying {
  /** Version that the person saw; another one means that somebody else was faster (prove, section 4). */
  readonly on: number;
  readonly by: IdentityId;
  /** Where it comes from. */
  readonly note: string;
}

export interface Cases {
  /** Undefined where there is no such incident. */
  view(id: IncidentId): CaseView | undefined;
  /**
   * Takes a statement, whole or not at all.
   * @throws ProveError PROVE_CASE_INVALID for what cannot be, PROVE_CASE_MOVED where it is not the version that was seen;
   *   StoreError, RecordError where it could not be kept
   */
  say(id: IncidentId, change: unknown, saying: Saying): Promise<CaseView>;
  /** Clocks of all open incidents, by urgency. */
  clocks(): readonly (CaseClock & { readonly incident: IncidentFacts })[];
  /** Who duties are judged for. */
  readonly entities: readonly EntityProfile[];
}

/** Reads back what was said before. @throws StoreError */
export async function openCases(ports: CasePorts, library: Library): Promise<Cases> {
  const said = new Map<IncidentId, CaseChange[]>();
  const rows = await tables(ports.store.read)
    .selectFrom("prove_case_change")
    .selectAll()
    .orderBy("incident")
    .orderBy("v")
    .execute();
  for (const { incident, change_json: json } of rows) {
    const id = parseIncidentId(incident);
    const change = readChange(JSON.parse(json), library.regimes, ports.clock.now());
    said.set(id, [...(said.get(id) ?? []), change]);
  }
  return new CaseBook(ports, library, said);
}

/** UNIT: ms. For so long a view that nothing changed is the same. */
const STILL_MS = 1000;

class CaseBook implements Cases {
  private readonly ports: CasePorts;
  private readonly library: Library;
  private readonly said: Map<IncidentId, CaseChange[]>;
  /** As they were last computed: many ask within a second. */
  private readonly seen = new Map<IncidentId, { readonly key: string; readonly view: CaseView }>();
  /** One statement after the other, so that two never take the same version. */
  private saying: Promise<unknown> = Promise.resolve();

  constructor(ports: CasePorts, library: Library, said: Map<IncidentId, CaseChange[]>) {
    this.ports = ports;
    this.library = library;
    this.said = said;
  }

  get entities(): readonly EntityProfile[] {
    return this.library.entities;
  }

  view(id: IncidentId): CaseView | undefined {
    const incident = this.ports.incidents.facts(id);
    if (incident === undefined) return undefined;
    const said = this.said.get(id) ?? [];
    const now = this.ports.clock.now();
    const key = `${incident.v} ${said.length} ${Math.floor(now / STILL_MS)}`;
    const seen = this.seen.get(id);
    if (seen?.key === key) return seen.view;
    const view = viewOf(this.library, incident, said, now);
    this.seen.set(id, { key, view });
    return view;
  }

  clocks(): readonly (CaseClock & { readonly incident: IncidentFacts })[] {
    return this.ports.incidents
      .list()
      .filter(({ state }) => state === "open")
      .flatMap((incident) => this.view(incident.id)?.clocks.map((clock) => ({ ...clock, incident })) ?? []);
  }

  say(id: IncidentId, change: unknown, saying: Saying): Promise<CaseView> {
    const next = this.saying.then(() => this.take(id, change, saying));
    this.saying = next.catch(() => undefined);
    return next;
  }

  private async take(id: IncidentId, given: unknown, { on, by, note }: Saying): Promise<CaseView> {
    const incident = this.ports.incidents.facts(id);
    if (incident === undefined)
      throw new ProveError("PROVE_CASE_INVALID", "changing a case: there is no such incident");
    if (note.trim() === "") throw new ProveError("PROVE_CASE_INVALID", "changing a case: say where it comes from");
    const before = this.said.get(id) ?? [];
    if (on !== before.length) {
      const text = `changing the case of ${incidentName(incident)}: it is at version ${before.length}, not ${on}`;
      throw new ProveError("PROVE_CASE_MOVED", text, {
        fix: "look at it again: somebody said something else meanwhile",
      });
    }
    const change = readChange(given, this.library.regimes, this.ports.clock.now());
    const v = before.length + 1;
    await this.keep(incident, { v, change, by, note });
    this.said.set(id, [...before, change]);
    const view = this.view(id);
    if (view === undefined) throw new ProveError("PROVE_CASE_INVALID", "changing a case: the incident is gone");
    return view;
  }

  private async keep(
    incident: IncidentFacts,
    { v, change, by, note }: { v: number; change: CaseChange; by: IdentityId; note: string },
  ): Promise<void> {
    const json = JSON.stringify(change);
    const data = jsonObject([
      ["incident", incidentName(incident)],
      ["v", v],
      ["note", note],
      ["said", parseJson(json)],
    ]);
    const subject = { type: "Incident", id: incident.id };
    const { at } = await this.ports.recorder.append({ type: "event", name: "case.changed", subject, by, data });
    const row = { incident: incident.id, v, at, said_by: by, note, change_json: json };
    await this.ports.store.tx("prove.case", (db) => tables(db).insertInto("prove_case_change").values(row).execute());
  }
}
