// SPDX-License-Identifier: Apache-2.0
// Holds and erasures for people: whom they are about, and what a second person signs.
import type { FastifyRequest } from "fastify";
import { type Clock, type IdentityId, instant } from "../core/index.ts";
import type { Identify, Person, Session } from "../identify/index.ts";
import type {
  Erasure,
  Erasures,
  Hold,
  HoldRegister,
  KeepAct,
  KeepDone,
  KeepNo,
  RecordRoom,
  SliceRoom,
} from "../record/index.ts";
import { SecondPerson, type Terms } from "./second-person.ts";
import { systemClock } from "./system.ts";

/** UNIT: ms. A yes counts so long from when it was asked for: afterwards it is asked for again. */
const YES_MS: number = 30 * 24 * 60 * 60_000;
/** UNIT: characters. A part of a name that is shorter is a word like any other. */
const NAME_PART_MIN = 3;

export interface KeepingRooms {
  readonly holds: HoldRegister;
  readonly erasures: Erasures;
}

interface DeskPorts {
  readonly keeping: KeepingRooms;
  readonly identify: Identify;
}

export interface KeepingEdge {
  readonly desk: KeepDesk;
  readonly whoIs: (request: FastifyRequest) => IdentityId | undefined;
}

/** What the control API has of it. */
export function keepingEdge(
  { record, slices, ...rooms }: DeskPorts & { readonly record: RecordRoom; readonly slices: SliceRoom },
  { demo, whoIs }: { readonly demo: boolean; readonly whoIs: KeepingEdge["whoIs"] },
): KeepingEdge & { readonly opener: RecordRoom; readonly recorder: RecordRoom; readonly slices: SliceRoom } {
  return { desk: new KeepDesk(rooms, systemClock, demo), whoIs, opener: record, recorder: record, slices };
}

export class KeepDesk {
  readonly holds: HoldRegister;
  readonly erasures: Erasures;
  private readonly people: Identify["people"];
  private readonly second: SecondPerson;

  constructor({ keeping, identify }: DeskPorts, clock: Clock, demo: boolean) {
    this.holds = keeping.holds;
    this.erasures = keeping.erasures;
    this.people = identify.people;
    this.second = new SecondPerson(identify, clock, demo);
  }

  /** By id, by its last part, or by the name that nobody else has. */
  async find(text: string): Promise<Person | undefined> {
    const persons = await this.people.persons();
    const named = persons.filter(({ name }) => name === text && name !== "");
    return (
      persons.find(({ id }) => id === text || id.endsWith(`/${text}`)) ?? (named.length === 1 ? named[0] : undefined)
    );
  }

  /** The reason goes to the record and stays there: it must not say again what is to be erased. */
  async request(person: Person, act: KeepAct): Promise<{ readonly done: Erasure } | KeepNo> {
    const words = person.name.split(/\s+/).filter((word) => word.length >= NAME_PART_MIN);
    const because = act.because.toLowerCase();
    if (words.some((word) => because.includes(word.toLowerCase())))
      return {
        no: "refused",
        why: "the reason names the person, and stays in the record for ever",
        fix: "leave the name out",
      };
    return this.erasures.request(person.id, act);
  }

  holdTerms(hold: Hold, person: IdentityId): Terms {
    return this.second.termsFor(this.holds.termsOf(hold), person);
  }

  erasureTerms(erasure: Erasure, person: IdentityId): Terms {
    return this.second.termsFor(this.erasures.termsOf(erasure), person);
  }

  async lift(hold: Hold, session: Session, answer: unknown): Promise<KeepDone<Hold>> {
    const no = this.holds.barred(hold, session.person);
    if (no !== undefined) return no;
    const asked = hold.lifting?.at ?? hold.at;
    const terms = { purpose: "hold", digest: this.holds.termsOf(hold), nonce: hold.id, exp: instant(asked + YES_MS) };
    const signed = await this.second.sign(session, terms, answer);
    return "no" in signed ? signed : this.holds.lift(hold.id, signed);
  }

  async agree(erasure: Erasure, session: Session, answer: unknown): Promise<KeepDone<Erasure>> {
    const no = this.erasures.barred(erasure, session.person);
    if (no !== undefined) return no;
    const { id: nonce, at } = erasure;
    const terms = { purpose: "erasure", digest: this.erasures.termsOf(erasure), nonce, exp: instant(at + YES_MS) };
    const signed = await this.second.sign(session, terms, answer);
    return "no" in signed ? signed : this.erasures.agree(erasure.id, signed);
  }
}
