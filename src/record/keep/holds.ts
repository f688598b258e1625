// SPDX-License-Identifier: Apache-2.0
// Legal holds (record L41): the one register of what must not be erased. Setting one acts at once, by anybody who may; lifting
// one needs a second person, since what is erased then does not come back.
import { z } from "zod";
import {
  type AdminDraft,
  type Clock,
  type Digest,
  digestOf,
  type HoldId,
  type HoldScope,
  type Holds,
  type IdentityId,
  type Instant,
  type Json,
  type JsonObject,
  jsonObject,
  parseHoldId,
} from "../../core/index.ts";
import {
  type Act,
  type Actor,
  type Approval,
  actorShape,
  approvalJson,
  approvalShape,
  barredFrom,
  type Done,
  identityShape,
  instantShape,
  type No,
  refused,
} from "./act.ts";
import { Book, type BookPorts } from "./book.ts";

export interface Hold {
  readonly id: HoldId;
  readonly scope: HoldScope;
  /** Why it is held. */
  readonly reason: string;
  readonly by: Actor;
  readonly at: Instant;
  /** Ends by itself then. */
  readonly until?: Instant;
  /** Somebody asked to lift it, and a second person has not agreed yet. */
  readonly lifting?: Act & { readonly at: Instant };
  readonly lifted?: Approval;
}

export interface HoldWish {
  readonly scope: HoldScope;
  readonly reason: string;
  readonly until?: Instant;
}

export interface HoldPorts extends BookPorts {
  readonly clock: Clock;
}

const shape: z.ZodType<Hold> = z.object({
  id: z.string().transform(parseHoldId),
  scope: z.object({
    person: identityShape.exactOptional(),
    from: instantShape.exactOptional(),
    to: instantShape.exactOptional(),
  }),
  reason: z.string(),
  by: actorShape,
  at: instantShape,
  until: instantShape.exactOptional(),
  lifting: z.object({ by: actorShape, because: z.string(), at: instantShape }).exactOptional(),
  lifted: approvalShape.exactOptional(),
});

export class HoldRegister implements Holds {
  private readonly ports: HoldPorts;
  private readonly book: Book<Hold>;

  constructor(ports: HoldPorts, tenant: string) {
    this.ports = ports;
    this.book = new Book(ports, { kind: "hold", tenant, shape });
  }

  open(): Promise<void> {
    return this.book.open();
  }

  on(scope: HoldScope): readonly HoldId[] {
    return this.list()
      .filter((hold) => this.isInForce(hold) && touches(hold.scope, scope))
      .map(({ id }) => id);
  }

  /** Those that ended too. */
  list(): readonly Hold[] {
    return this.book.list();
  }

  get(id: string): Hold | undefined {
    return this.book.get(id);
  }

  isInForce({ until, lifted }: Hold): boolean {
    return lifted === undefined && (until === undefined || until > this.ports.clock.now());
  }

  /** Binds in this tick; resolves once it is stored and told. */
  async set({ scope, reason, until }: HoldWish, by: Actor): Promise<Done<Hold>> {
    const { random, clock } = this.ports;
    const at = clock.now();
    if (until !== undefined && until <= at) return refused("it would end before it begins");
    if ((scope.from ?? 0) >= (scope.to ?? Number.MAX_SAFE_INTEGER)) return refused("its time ends before it begins");
    const id = parseHoldId(random.id());
    const hold: Hold = { id, scope, reason, by, at, ...(until === undefined ? {} : { until }) };
    this.book.hold(hold);
    const draft = entry("hold.set", { by, because: reason }, holdData(hold));
    return { done: hold, reference: await this.book.put(hold, { draft }) };
  }

  /** Asks for a hold to be lifted; it binds until a second person agrees. */
  async askLift(id: string, act: Act): Promise<{ readonly done: Hold } | No> {
    const hold = this.get(id);
    if (hold === undefined) return UNKNOWN;
    if (!this.isInForce(hold)) return ENDED;
    const asked: Hold = { ...hold, lifting: { ...act, at: this.ports.clock.now() } };
    await this.book.put(asked, {});
    return { done: asked };
  }

  /** What a second person signs: the hold, and who wants it lifted and why. */
  termsOf(hold: Hold): Digest {
    const { lifting } = hold;
    const asks: readonly (readonly [string, Json])[] = Object.entries({ ...lifting });
    return digestOf(jsonObject([...Object.entries<Json>(holdData(hold)), ["lift", jsonObject(asks)]]));
  }

  barred({ lifting }: Hold, person: IdentityId): No | undefined {
    if (lifting === undefined) return refused("nobody asked to lift it");
    return barredFrom(lifting.by, person);
  }

  /** Takes effect once the entry is durable (record L15). */
  async lift(id: string, approval: Approval): Promise<Done<Hold>> {
    const hold = this.get(id);
    if (hold === undefined) return UNKNOWN;
    if (!this.isInForce(hold)) return ENDED;
    const no = this.barred(hold, approval.by);
    if (no !== undefined || hold.lifting === undefined) return no ?? UNKNOWN;
    if (approval.terms !== this.termsOf(hold)) return refused("it is not what was shown any more");
    const { by, because } = hold.lifting;
    const data = jsonObject([...Object.entries<Json>(holdData(hold)), ["approved", approvalJson(approval)]]);
    const lifted: Hold = { ...hold, lifted: approval };
    return {
      done: lifted,
      reference: await this.book.put(lifted, { draft: entry("hold.lifted", { by, because }, data) }),
    };
  }
}

const UNKNOWN: No = { no: "unknown", why: "there is no such hold", fix: "npx bailiwick record holds" };
const ENDED: No = refused("it has ended already");

/** Whether something is in both. */
export function touches(held: HoldScope, asked: HoldScope): boolean {
  const isSame = held.person === undefined || asked.person === undefined || held.person === asked.person;
  const after = (held.from ?? 0) < (asked.to ?? Number.MAX_SAFE_INTEGER);
  return isSame && after && (asked.from ?? 0) < (held.to ?? Number.MAX_SAFE_INTEGER);
}

export function holdData({ id, scope, until }: Hold): JsonObject {
  return jsonObject([
    ["hold", id],
    ["scope", jsonObject(Object.entries<Json>({ ...scope }))],
    ...(until === undefined ? [] : [["until", until] as const]),
  ]);
}

function entry(name: AdminDraft["name"], { by, because }: Act, data: JsonObject): AdminDraft {
  return { type: "admin", name, by, because, data };
}
