// SPDX-License-Identifier: Apache-2.0
// Puts the room together: registry, tokens, proofs, documents, people.
import type {
  Clock,
  ControlFeed,
  Custody,
  FeedView,
  IdentityId,
  IdentityView,
  Log,
  Once,
  Prover,
  Random,
  Recorder,
  ScopeKey,
  Store,
} from "../core/index.ts";
import { AccessTokens } from "./access-token.ts";
import { ClientAssertions } from "./assertion.ts";
import { Changes } from "./changes.ts";
import type { IdentifyConfig } from "./config.ts";
import { Proofs } from "./dpop.ts";
import { openEnrolment } from "./enrol/open.ts";
import type { Enrolment } from "./enrol/surface.ts";
import { Feed } from "./feed/feed.ts";
import { writeHostToken } from "./host-token.ts";
import type { HttpAnswer, HttpRequest } from "./http.ts";
import { CallerKeys } from "./keys.ts";
import { type LiveCredentials, LiveTokens } from "./live-tokens.ts";
import { MandateDesk } from "./mandate/mandates.ts";
import { StepDesk } from "./mandate/steps.ts";
import { type Mandates, mandatesOf } from "./mandate/surface.ts";
import { authorizeAnswer, type Document, documents } from "./metadata.ts";
import { Nonces } from "./nonce.ts";
import { PeopleDesk } from "./people/people.ts";
import type { People } from "./people/surface.ts";
import { TokenProver } from "./prover.ts";
import { IdentityRegistry, type Registry } from "./registry.ts";
import { Resources } from "./resources.ts";
import { RevocationEndpoint } from "./revocation.ts";
import { tables } from "./schema.ts";
import { SingleUse } from "./single-use.ts";
import { StepIssuer } from "./step-issuer.ts";
import { TokenEndpoint } from "./token-endpoint.ts";

export interface IdentifyPorts {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly custody: Custody;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface Identify extends AsyncDisposable {
  readonly prover: Prover;
  readonly view: IdentityView;
  readonly registry: Registry;
  readonly people: People;
  readonly mandates: Mandates;
  readonly live: LiveCredentials;
  readonly enrolment: Enrolment;
  readonly feed: ControlFeed & FeedView;
  /** Claims tokens that are good for one call: scope `token`, key `Standing.token.jti`. */
  readonly once: Once;
  /** Metadata and key set, each to be served with GET at its path; as they are now. */
  documents(): readonly Document[];
  /** What tokens are for: upstreams come and go while the server runs. */
  readonly resources: Pick<Resources, "add" | "remove">;
  /** `POST /oauth/enrol`. */
  enrol(request: HttpRequest): Promise<HttpAnswer>;
  /** `POST /oauth/token`. */
  token(request: HttpRequest): Promise<HttpAnswer>;
  /** `POST /oauth/revoke`. */
  revoke(request: HttpRequest): Promise<HttpAnswer>;
  /** Any method of `/oauth/authorize`. */
  authorize(): HttpAnswer;
  /** Refusals of the token endpoint since the start, by OAuth error code. */
  refusals(): Readonly<Record<string, number>>;
  /** Whether this is the token that the command on this host read from the file `cli-token`. */
  checkCliToken(text: string): boolean;
  close(): Promise<void>;
}

const ACCESS_KEY = "identify/access";

/**
 * Opens the room over a store that has {@link IDENTIFY_SCHEMA}.
 * @throws IdentifyError IDENTIFY_CONFIG, IDENTIFY_ROW_MALFORMED; StoreError
 */
export async function openIdentify(ports: IdentifyPorts, config: IdentifyConfig): Promise<Identify> {
  const resources = new Resources(config);
  const { store, clock, random, log, recorder } = ports;
  const { issuer, dataDir } = config;
  const { skewMs, sessionMs: _sessionMs, sessionIdleMs: _idleMs, ...lives } = config.settings;
  const keys = new CallerKeys();
  const changes = new Changes(ports);
  const isStopped = (scopes: readonly ScopeKey[]): boolean => feed.effect(scopes, clock.now()).effect === "isolate";
  const isLastOwner = (person: IdentityId): boolean => people.isLastOwner(person);
  const registry = new IdentityRegistry({ ...ports, keys, isStopped, isLastOwner }, config, changes);
  const people = new PeopleDesk({ store, clock, random, log, registry, changes }, { ...config, ...config.settings });
  const tokens = await AccessTokens.create(issuer, await ports.custody.keyPair(ACCESS_KEY, "ES256"));
  const feed = new Feed({ store, clock, log, changes }, config.tenant);
  const mandates = new MandateDesk({ store, clock, random, registry, changes, feed }, config.tenant);
  const steps = new StepDesk({ store, clock, changes, feed }, config.tenant);
  const singleUse = new SingleUse(clock);
  await changes.run(() => noteKey(changes, ports, tokens.kid));
  const nonces = new Nonces(ports.custody.derive("identify/dpop-nonce"), { clock, random });
  const proofs = new Proofs(keys, nonces, clock);
  const assertions = new ClientAssertions({ issuer, skewMs }, clock, registry);
  const stepIssuer = new StepIssuer({ clock, random, mandates, steps, feed }, { ...lives, issuer, kid: tokens.kid });
  const live = new LiveTokens({ clock, registry, issuer: stepIssuer, singleUse, feed, changes });
  const endpoint = new TokenEndpoint(
    { clock, log, recorder, registry, tokens, proofs, nonces, assertions, steps, singleUse, live, issuer: stepIssuer },
    { issuer, resources },
  );
  const { enrol, enrolment } = openEnrolment({ ...ports, registry, proofs, nonces, resources }, config);
  const revocation = new RevocationEndpoint({ log, assertions, tokens, feed, changes });
  const host = await writeHostToken(dataDir, random);
  return {
    prover: new TokenProver(
      { clock, log, registry, tokens, proofs, nonces, mandates, feed, singleUse, live },
      { issuer, skewMs, metadataOf: (url) => resources.metadataOf(url) },
    ),
    view: registry,
    registry,
    people,
    mandates: mandatesOf(mandates, steps),
    live,
    enrolment,
    feed,
    once: singleUse,
    documents: () => documents(issuer, resources.list(), [tokens.jwk]),
    resources,
    enrol,
    token: (request) => endpoint.handle(request),
    revoke: (request) => revocation.handle(request),
    authorize: authorizeAnswer,
    refusals: () => endpoint.refusals.totals(),
    checkCliToken: (text) => host.check(text),
    close: () => host.close(),
    [Symbol.asyncDispose]: () => host.close(),
  };
}

/** The first use of a signing key is an entry: whoever checks tokens later can see since when it signs. */
async function noteKey(changes: Changes, { store, clock }: IdentifyPorts, kid: string): Promise<void> {
  const known = await tables(store.read).selectFrom("id_key").select("kid").where("kid", "=", kid).executeTakeFirst();
  if (known !== undefined) return;
  const row = { kid, purpose: "access", created: clock.now() };
  const because = "the first start with this key";
  const draft = {
    type: "admin",
    name: "key.created",
    by: "system",
    because,
    data: { kid, purpose: "access" },
  } as const;
  await changes.commit("identify.key", draft, async (db) => {
    await db.insertInto("id_key").values(row).execute();
  });
}
