// SPDX-License-Identifier: Apache-2.0
// A whole identify room over a folder of its own, with fakes of what other rooms plug in.
import { createSecretKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type Custody,
  type EntryDraft,
  type Identity,
  type IdentityId,
  instant,
  type Json,
  type Mandate,
  parseCommitment,
  parseEntryId,
  parseEntryIndex,
  parseErasureDomainId,
  parseTenantId,
  type Recorder,
  type Store,
} from "../../core/index.ts";
import { type FakeClock, fakeClock, fakeLog, fakeRandom } from "../../core/testing/system.ts";
import { inlineStore } from "../../store/testing/inline.ts";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import type { MandateInput } from "../mandate/mandates.ts";
import { type Identify, openIdentify } from "../open.ts";
import type { Outcome } from "../registry-rules.ts";
import type { Instance } from "../rows.ts";
import { IDENTIFY_SCHEMA } from "../schema.ts";
import { sha256, signJwt, type TestKey, testKey } from "./jwt.ts";

export const ISSUER = "https://gate.example";
export const RESOURCE = "https://gate.example/mcp/files";
export const OTHER_RESOURCE = "https://gate.example/mcp/mail";
export const SETTINGS = {
  readTtlMs: 120_000,
  effectTtlMs: 30_000,
  stepMs: 600_000,
  skewMs: 5000,
  leaseMs: 3_600_000,
  remotePairing: false,
  sessionMs: 3_600_000,
  sessionIdleMs: 1_800_000,
} as const;
export const ACT = { by: "system", because: "a test" } as const;

/** A grant as JSON: everything but training, at every resource of the test's gate. */
export const GRANT = {
  verbs: ["view", "summarize", "recommend", "retain", "share", "execute", "delegate"],
  locations: ["https://gate.example/mcp"],
  datatypes: ["personal"],
  constraints: [{ kind: "max_length", at: "/note", max: 1000, unit: "bytes" }],
  labelMax: "confidential",
  jurisdictions: ["DE", "FR"],
  purpose: "office",
  budget: { calls: 1000, cost: { currency: "EUR", amount: "10.00" } },
} as const;

/** Keeps entries in memory; `fails` makes every append reject. */
export interface FakeRecorder extends Recorder {
  readonly entries: { readonly draft: EntryDraft; readonly id: string | undefined }[];
  fails: boolean;
}

export function fakeRecorder(): FakeRecorder {
  const recorder: FakeRecorder = {
    entries: [],
    fails: false,
    append(draft, options) {
      if (recorder.fails) return Promise.reject(new Error("the disk is full"));
      recorder.entries.push({ draft, id: options?.id });
      const index = parseEntryIndex(recorder.entries.length - 1);
      const id = options?.id ?? parseEntryId("01890000-0000-7000-8000-000000000000");
      return Promise.resolve({ ref: { log: "test", index, leaf: "A".repeat(43) }, id, at: instant(0) });
    },
    note: (draft, options) => void recorder.entries.push({ draft, id: options?.id }),
    room: () => ({ entries: 1, bytes: 1 }),
    domain: () => parseErasureDomainId(`e1:${"A".repeat(22)}`),
    commit: () => parseCommitment(`c1:${"A".repeat(43)}`),
  };
  return recorder;
}

export function fakeCustody(): Custody {
  const keys = new Map<string, { privateKey: KeyObject; publicKey: KeyObject }>();
  return {
    keyPair(name, algorithm) {
      const made =
        algorithm === "ES256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
      const pair = keys.get(name) ?? made;
      keys.set(name, pair);
      return Promise.resolve(pair);
    },
    algorithms: new Set(["Ed25519", "ES256"]),
    derive: (purpose) => createSecretKey(Buffer.from(sha256(purpose), "base64url")),
  };
}

/** The room, what it stands on, and one agent with one instance that knows how to ask. */
export interface World extends AsyncDisposable {
  readonly dir: string;
  readonly clock: FakeClock;
  readonly log: ReturnType<typeof fakeLog>;
  readonly recorder: FakeRecorder;
  readonly store: Store;
  readonly custody: Custody;
  readonly identify: Identify;
  readonly owner: IdentityId;
  readonly agent: Identity;
  readonly instance: Instance;
  readonly key: TestKey;
  /** Lets the agent do everything everywhere, but for training. */
  readonly mandate: Mandate;
  /** Ends the room and opens it again on the same rows and keys. */
  restart(): Promise<Identify>;
}

export function done<T>(outcome: Outcome<T>): T {
  if ("done" in outcome) return outcome.done;
  throw new Error(`${outcome.no}: ${outcome.why}`);
}

/** Opens a mandate as its grantor would. */
export async function openMandate(
  { identify, owner, agent, clock }: Pick<World, "identify" | "owner" | "agent" | "clock">,
  change: Partial<MandateInput> = {},
): Promise<Mandate> {
  const deadline = instant(clock.now() + 86_400_000);
  const input = { grantor: owner, holder: agent.id, grant: GRANT, deadline, request: "read what you need", ...change };
  return done(await identify.mandates.open(input, ACT));
}

export async function openWorld(issuer: string = ISSUER): Promise<World> {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-identify-"));
  const clock = fakeClock();
  const log = fakeLog();
  const recorder = fakeRecorder();
  const store = await inlineStore(dir, [IDENTIFY_SCHEMA]);
  const ports = { clock, log, recorder, store, custody: fakeCustody() };
  let seed = 1;
  const open = (): Promise<Identify> =>
    openIdentify(
      { ...ports, random: fakeRandom((seed += 1)) },
      {
        issuer,
        trustDomain: "gate.example",
        tenant: parseTenantId("main"),
        resources: [
          { url: issuer === ISSUER ? RESOURCE : `${issuer}/mcp/files`, name: "files" },
          { url: issuer === ISSUER ? OTHER_RESOURCE : `${issuer}/mcp/mail` },
        ],
        dataDir: dir,
        settings: SETTINGS,
      },
    );
  const identify = await open();
  const place = { environment: "test", jurisdiction: "DE" };
  const owner = done(await identify.registry.registerHuman({ name: "Ada Lovelace", ...place }, ACT)).id;
  const blueprint = done(await identify.registry.registerBlueprint({ id: "reader", describes: "reads files" }, ACT));
  const agent = done(
    await identify.registry.registerAgent(
      {
        name: "reader",
        sponsor: owner,
        purpose: "reads files",
        ...place,
        expires: instant(clock.now() + 86_400_000),
        blueprint,
      },
      ACT,
    ),
  );
  const key = testKey();
  const instance = done(
    await identify.registry.registerInstance({ identity: agent.id, name: "one", jwk: key.jwk }, ACT),
  );
  const grant = { ...GRANT, locations: [`${issuer}/mcp`] };
  const mandate = await openMandate({ identify, owner, agent, clock }, { grant });
  recorder.entries.length = 0;
  return {
    dir,
    ...ports,
    identify,
    owner,
    agent,
    instance,
    key,
    mandate,
    async restart() {
      await identify.close();
      return open();
    },
    async [Symbol.asyncDispose]() {
      await identify.close();
      await store.close();
      await rm(dir, { recursive: true });
    },
  };
}

let last = 0;
export const freshJti = (): string => `jti-${(last += 1)}`;

/** Claims of a good client assertion, with some of them replaced; `undefined` takes one away. */
export function assertion(world: World, change: Record<string, Json | undefined> = {}, header: object = {}): string {
  const now = Math.floor(world.clock.now() / 1000);
  const { id } = world.instance;
  const claims = { iss: id, sub: id, aud: ISSUER, iat: now, exp: now + 60, jti: freshJti(), ...change };
  return signJwt({ alg: "ES256", typ: "JWT", ...header }, claims, world.key);
}

/** A good DPoP proof, with some of its claims or header members replaced. */
export function proof(
  world: World,
  claims: Record<string, Json | undefined>,
  { key = world.key, header = {} }: { key?: TestKey; header?: object } = {},
): string {
  const iat = Math.floor(world.clock.now() / 1000);
  return signJwt({ typ: "dpop+jwt", alg: key.alg, jwk: key.jwk, ...header }, { iat, jti: freshJti(), ...claims }, key);
}

export function tokenProof(world: World, claims: Record<string, Json | undefined> = {}): string {
  return proof(world, { htm: "POST", htu: `${ISSUER}/oauth/token`, nonce: world.identify.prover.nonce(), ...claims });
}

/** A good token request, with some of its parameters replaced. */
export function tokenRequest(
  world: World,
  parameters: Record<string, string | undefined> = {},
  change: Partial<HttpRequest> = {},
): HttpRequest {
  const all: Record<string, string | undefined> = {
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion(world),
    resource: RESOURCE,
    ...parameters,
  };
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) if (value !== undefined) form.append(name, value);
  return {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
    dpop: [tokenProof(world)],
    ...change,
  };
}

/** A token, or an error that says what the endpoint answered. */
export async function tokenFor(world: World, identify: Identify = world.identify): Promise<string> {
  const answer = await identify.token(
    tokenRequest(world, {}, { dpop: [tokenProof(world, { nonce: identify.prover.nonce() })] }),
  );
  const { access_token: token } = bodyOf(answer);
  if (typeof token !== "string") throw new Error(`no token: ${answer.body}`);
  return token;
}

export function bodyOf(answer: HttpAnswer): Record<string, unknown> {
  return JSON.parse(answer.body) as Record<string, unknown>;
}
