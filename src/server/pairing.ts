// SPDX-License-Identifier: Apache-2.0
// A person confirms a program: one signature over who asked, with which key, and what it may do; then an identity that this
// person answers for, one instance with that key, and one mandate (identify I45, I53). A name or a code alone confirms nothing.
import {
  type BoundAssertion,
  type Clock,
  type Digest,
  digestOf,
  type Identity,
  type IdentityId,
  type InstanceId,
  instant,
  type Json,
  type JsonObject,
  jsonObject,
  type Mandate,
  parseIdentityId,
  type Recorder,
  type TaskId,
} from "../core/index.ts";
import type { Act, Identify, Outcome, Pairing, Session } from "../identify/index.ts";
import type { MandateConfig } from "./config.ts";
import { grantOf } from "./mandates.ts";

/** UNIT: ms. How long the identity of a paired program lives; its mandate ends sooner. */
const LIFE_MS: number = 90 * 86_400_000;
const HOUR_MS = 3_600_000;

export interface PairingPorts {
  readonly identify: Identify;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly publicUrl: string;
  /** UNIT: ms. */
  readonly leaseMs: number;
  /** Whether a person without a passkey may confirm: in the demo alone (experience X6). */
  readonly demo: boolean;
  /** Tells the gate what a person asked for. */
  readonly seed: (task: TaskId, text: string) => void;
}

export interface Paired {
  readonly identity: IdentityId;
  readonly instance: InstanceId;
  readonly mandate: Mandate;
}

/** What a person is asked to sign. `options` are for the browser; absent where a session alone counts. */
export interface PairingTerms {
  readonly digest: Digest;
  readonly options?: Json;
}

export interface PairingDesk {
  list(): readonly Pairing[];
  get(ref: string): Pairing | undefined;
  terms(pairing: Pairing, mandate: MandateConfig, person: IdentityId): PairingTerms;
  /** @param answer - of the authenticator, as the browser gave it */
  confirm(pairing: Pairing, mandate: MandateConfig, session: Session, answer: unknown): Promise<Outcome<Paired>>;
  refuse(pairing: Pairing, by: IdentityId, because: string): Promise<Outcome<Pairing>>;
}

export function createPairing(ports: PairingPorts): PairingDesk {
  const { enrolment, people } = ports.identify;
  const isSignedBySession = (person: IdentityId): boolean => ports.demo && !people.hasPasskey(person);
  return {
    list: () => enrolment.pairings(),
    get: (ref) => enrolment.pairing(ref),
    terms(pairing, mandate, person) {
      const digest = digestOf(termsOf(pairing, mandate));
      return isSignedBySession(person) ? { digest } : { digest, options: people.boundOptions(person, digest) };
    },
    async confirm(pairing, mandate, session, answer) {
      const digest = digestOf(termsOf(pairing, mandate));
      const { ref, expires: exp } = pairing;
      const terms = { purpose: "pairing", digest, answer: "confirm", nonce: ref, exp };
      const bound = isSignedBySession(session.person) ? undefined : await people.bind(session, terms, answer);
      if (bound !== undefined && "refused" in bound) return { no: "move_refused", why: bound.why };
      if (!enrolment.decide(ref, "confirmed")) return DECIDED;
      const paired = await create(ports, pairing, mandate, session.person).catch((cause: unknown) => {
        enrolment.reopen(ref);
        throw cause;
      });
      if ("no" in paired) enrolment.reopen(ref);
      else await note(ports, pairing, { by: session.person, digest, bound, paired: paired.done });
      return paired;
    },
    async refuse(pairing, by, because) {
      if (!enrolment.decide(pairing.ref, "refused")) return DECIDED;
      const data = jsonObject([...saidOf(pairing), ["outcome", "refused"], ["because", because]]);
      await ports.recorder.append({ type: "event", name: "pairing.decided", by, data });
      return { done: pairing };
    },
  };
}

const DECIDED = {
  no: "move_refused",
  why: "it does not wait any more: somebody was first, or its time is over",
} as const;

/** Everything that the person read, in one canonical form. */
function termsOf(pairing: Pairing, mandate: MandateConfig): JsonObject {
  const { ref, host, user, blueprint, server, remote, fingerprint, expires, key } = pairing;
  const { request, purpose, labelMax, hours } = mandate;
  const program = { ref, host, user, blueprint, server, remote, fingerprint, expires, jkt: key.jkt };
  const lists = { verbs: mandate.verbs, locations: mandate.locations, jurisdictions: mandate.jurisdictions };
  const terms = { request, purpose, labelMax, hours: String(hours), ...lists };
  return jsonObject([
    ["pairing", jsonObject(Object.entries(program))],
    ["mandate", jsonObject(Object.entries(terms))],
  ]);
}

/** Identity, mandate, instance: each durable with its entry before the next. */
async function create(
  ports: PairingPorts,
  pairing: Pairing,
  mandate: MandateConfig,
  person: IdentityId,
): Promise<Outcome<Paired>> {
  const { identify, clock } = ports;
  const act: Act = { by: person, because: `confirmed pairing ${pairing.ref}` };
  const sponsor = identify.registry.get(person);
  if (sponsor === undefined) return { no: "unknown", why: "nobody is known by that session" };
  const identity = await registerProgram(ports, pairing, sponsor, act);
  if ("no" in identity) return identity;
  const { id } = identity.done;
  // the key last: as soon as it is an instance, the program that waits asks for a token
  const opened = await openMandate(ports, { holder: id, mandate, act }, person);
  if ("no" in opened) return opened;
  const lease = instant(clock.now() + ports.leaseMs);
  const instance = await identify.registry.registerInstance({ identity: id, jwk: { ...pairing.key.jwk }, lease }, act);
  if ("no" in instance) return instance;
  return { done: { identity: id, instance: instance.done.id, mandate: opened.done } };
}

async function registerProgram(
  { identify, clock }: PairingPorts,
  { blueprint: name, host, user, key }: Pairing,
  { id: sponsor, environment, jurisdiction }: Identity,
  act: Act,
): Promise<Outcome<Identity>> {
  const { registry } = identify;
  const id = `${name}-${key.jkt.slice(0, 10)}`;
  // left by a confirmation that could not be carried through
  const begun = registry.get(parseIdentityId(sponsor.replace(/\/human\/.*$/, `/agent/${id}`)));
  const isOurs = begun?.status === "active" && begun.sponsor === sponsor && registry.instances(begun.id).length === 0;
  if (begun !== undefined && isOurs) return { done: begun };
  const known = registry.blueprint(name);
  const made =
    known === undefined
      ? await registry.registerBlueprint({ id: name, describes: "a program that was paired" }, act)
      : { done: known };
  if ("no" in made) return made;
  const purpose = `${name} of ${user} at ${host}`;
  const expires = instant(clock.now() + LIFE_MS);
  return registry.registerAgent(
    { name: id, sponsor, purpose, environment, jurisdiction, expires, blueprint: made.done },
    act,
  );
}

/** A mandate as a person wrote it down; its words may decide arguments from here on. */
export async function openMandate(
  { identify, clock, publicUrl, seed }: Pick<PairingPorts, "identify" | "clock" | "publicUrl" | "seed">,
  { holder, mandate, act }: { readonly holder: IdentityId; readonly mandate: MandateConfig; readonly act: Act },
  grantor: IdentityId,
): Promise<Outcome<Mandate>> {
  const deadline = instant(clock.now() + Math.round(mandate.hours * HOUR_MS));
  const { request } = mandate;
  const opened = await identify.mandates.open(
    { grantor, holder, grant: grantOf(mandate, publicUrl), deadline, request },
    act,
  );
  if ("done" in opened) seed(opened.done.task, request);
  return opened;
}

interface Confirmed {
  readonly by: IdentityId;
  readonly digest: Digest;
  readonly bound: BoundAssertion | undefined;
  readonly paired: Paired;
}

/** What was signed, by whom, and what came of it; names of machines and accounts are in what was signed alone. */
async function note(ports: PairingPorts, pairing: Pairing, { by, digest, bound, paired }: Confirmed): Promise<void> {
  const { identity, instance, mandate } = paired;
  const members: (readonly [string, Json])[] = [
    ...saidOf(pairing),
    ...Object.entries({ outcome: "confirmed", digest, identity, instance, mandate: mandate.id }),
    ["acr", bound?.acr ?? "demo"],
    ...(bound === undefined ? [] : ([["assertion", jsonObject(Object.entries(bound))]] as const)),
  ];
  await ports.recorder.append({ type: "event", name: "pairing.decided", by, data: jsonObject(members) });
}

function saidOf({ ref, key, blueprint, server, remote }: Pairing): readonly (readonly [string, Json])[] {
  return Object.entries({ pairing: ref, jkt: key.jkt, blueprint, server, remote });
}
