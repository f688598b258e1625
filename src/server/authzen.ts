// SPDX-License-Identifier: Apache-2.0
// The decision point for enforcement points of others: its domains, who may ask, and the entry behind every answer.
import { hash, type KeyObject, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type Clock,
  CoreError,
  type Decider,
  type Digest,
  type DomainId,
  type EntityJson,
  type EventDraft,
  formatInstant,
  type Identity,
  type IdentityKind,
  type IdentityView,
  type Json,
  jsonObject,
  parseDomainId,
  parseEntryId,
  parseIdentityId,
  parsePointId,
  type Random,
  type Recorder,
  type Ref,
  type Slices,
} from "../core/index.ts";
import {
  type Authzen,
  type AuthzenDomain,
  type AuthzenResponse,
  createAuthzen,
  type Decided,
  type DecideSettings,
  type Endpoint,
  type Peer,
  type PolicyControl,
  Residents,
  readEntities,
} from "../decide/index.ts";
import type { Identify } from "../identify/index.ts";
import { ServerError } from "./errors.ts";
import { loadPolicies } from "./policies.ts";

export interface AuthzenRoomPorts {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly slices: Pick<Slices, "put">;
  readonly random: Random;
  readonly decider: Decider & PolicyControl;
  readonly identify: Pick<Identify, "view">;
  readonly pageKey: KeyObject;
}

/** What the HTTP edge mounts. */
export interface AuthzenRoom {
  /** Domains that somebody may ask; none where no peer is configured, and then nothing is mounted. */
  readonly domains: readonly DomainId[];
  /** `unknown` for a credential that no peer has, `forbidden` for a peer that may not ask this domain. */
  peer(authorization: string | undefined, domain: DomainId): Peer | "unknown" | "forbidden";
  /** Decides, and records before it answers where the answer rests on the record. */
  answer(
    domain: DomainId,
    peer: Peer,
    endpoint: Endpoint,
    request: Parameters<Authzen["answer"]>[3],
  ): Promise<AuthzenResponse>;
}

/** @throws ServerError, DecideError for the first domain or peer that cannot be used */
export async function openAuthzen(
  ports: AuthzenRoomPorts,
  { decide }: { readonly decide: DecideSettings },
): Promise<AuthzenRoom> {
  const domains = new Map([[MAIN, mainDomain(ports)]]);
  for (const [name, { policies, entities }] of Object.entries(decide.domains)) {
    // one after the other: the first that cannot be used is the one that is told
    const domain = await openDomain(ports.decider, { name, policies, entities });
    domains.set(domain.id, domain);
  }
  const peers = await openPeers(decide, domains);
  const authzen = createAuthzen({ ...ports, now: () => ports.clock.now() });
  return {
    domains: peers.length === 0 ? [] : [...domains.keys()],
    peer(authorization, domain) {
      const shown = tokenDigest(authorization);
      const known = peers.find(({ secret }) => shown !== undefined && timingSafeEqual(secret, shown));
      if (known === undefined) return "unknown";
      return known.domains.has(domain) ? known.peer : "forbidden";
    },
    async answer(id, peer, endpoint, request) {
      const domain = domains.get(id);
      if (domain === undefined) throw new ServerError("SERVER_CONFIG_INVALID", `answering for domain ${id}: not open`);
      const response = authzen.answer(domain, peer, endpoint, request);
      const recorded = await writeDown(ports, response.decided);
      return recorded ? response : UNRECORDED;
    },
  };
}

const MAIN = parseDomainId("main");

/** Our own domain knows the identities that are registered here, and finds them by id; it is not searched through them. */
function mainDomain({ decider, identify }: AuthzenRoomPorts): AuthzenDomain {
  const residents = new Residents((ref) => identityEntity(identify.view, ref));
  return { id: MAIN, residents, schema: () => decider.schema(MAIN) };
}

const KINDS: Readonly<Record<string, IdentityKind>> = {
  Human: "human",
  Agent: "agent",
  Model: "model",
  Workload: "workload",
  Service: "service",
};

function identityEntity(identities: IdentityView, uid: Ref): EntityJson | undefined {
  const kind = Object.hasOwn(KINDS, uid.type) ? KINDS[uid.type] : undefined;
  const identity = kind === undefined ? undefined : found(identities, uid.id);
  if (identity?.kind !== kind || identity === undefined) return undefined;
  const { status, expires, environment, jurisdiction, purpose, synthetic, sponsor, blueprint } = identity;
  const attrs: [string, Json][] = [
    ["status", status],
    ["expires", formatInstant(expires)],
    ["environment", environment],
    ["jurisdiction", jurisdiction],
    ["purpose", purpose],
    ["synthetic", synthetic],
  ];
  if (sponsor !== undefined)
    attrs.push([
      "sponsor",
      jsonObject([
        ["type", "Human"],
        ["id", sponsor],
      ]),
    ]);
  return {
    uid,
    attrs: jsonObject(attrs),
    parents: blueprint === undefined ? [] : [{ type: "Blueprint", id: blueprint.id }],
  };
}

function found(identities: IdentityView, id: string): Identity | undefined {
  try {
    return identities.get(parseIdentityId(id));
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

interface DomainFiles {
  readonly name: string;
  readonly policies: string;
  readonly entities: string | undefined;
}

async function openDomain(decider: PolicyControl, { name, policies, entities }: DomainFiles): Promise<AuthzenDomain> {
  const bundle = await loadPolicies(policies);
  if (bundle.domain !== name || bundle.domain === MAIN)
    throw new ServerError("SERVER_CONFIG_INVALID", `opening domain ${name}: its bundle decides for ${bundle.domain}`, {
      fix: `name the domain in decide.domains as the bundle's own bailiwick.yaml does; main is the folder of \`policies\``,
    });
  const residents = new Residents();
  if (entities !== undefined)
    for (const entity of readEntities(entities, await readFile(entities, "utf8"), bundle.set)) residents.put(entity);
  decider.swap(bundle.domain, bundle.set);
  return { id: bundle.domain, residents, schema: () => decider.schema(bundle.domain) };
}

interface KnownPeer {
  readonly secret: Buffer;
  readonly peer: Peer;
  readonly domains: ReadonlySet<string>;
}

/** UNIT: characters. A shorter secret can be guessed. */
const SECRET_MIN = 32;

async function openPeers(
  { authzen }: DecideSettings,
  open: ReadonlyMap<DomainId, AuthzenDomain>,
): Promise<readonly KnownPeer[]> {
  return Promise.all(
    Object.entries(authzen.peers).map(async ([name, said]) => {
      const stranger = said.domains.find((domain) => !open.has(parseDomainId(domain)));
      const token = (await readFile(said.secret, "utf8")).trim();
      if (stranger !== undefined || token.length < SECRET_MIN)
        throw new ServerError(
          "SERVER_CONFIG_INVALID",
          `opening peer ${name}: ${stranger === undefined ? "its secret is too short" : `there is no domain ${stranger}`}`,
          {
            fix:
              stranger === undefined
                ? `put at least ${SECRET_MIN} random characters into its file`
                : "declare it in decide.domains",
          },
        );
      const peer: Peer = {
        id: parsePointId(`${name}/authzen`),
        types: new Map(Object.entries(said.types)),
        obligations: new Set(said.obligations),
        maySearch: said.search,
        mayExplain: said.explain,
      };
      return { secret: digestOf(token), peer, domains: new Set(said.domains) };
    }),
  );
}

function tokenDigest(authorization: string | undefined): Buffer | undefined {
  const token = /^Bearer ([\x21-\x7e]+)$/.exec(authorization ?? "")?.[1];
  return token === undefined ? undefined : digestOf(token);
}

function digestOf(token: string): Buffer {
  return hash("sha256", token, "buffer");
}

/** Nothing is answered that could not be written down. */
const UNRECORDED: AuthzenResponse = {
  status: 503,
  headers: { "content-type": "application/json", "cache-control": "no-store", "retry-after": "1" },
  body: JSON.stringify("the answer could not be recorded, so there is none"),
  decided: [],
};

/** An answer that only holds on the record waits for the disk; any other is written at once and waited for by nobody (D64). */
async function writeDown(
  { recorder, slices, decider, random }: AuthzenRoomPorts,
  decided: readonly Decided[],
): Promise<boolean> {
  const waiting: Promise<unknown>[] = [];
  for (const one of decided) {
    const id = parseEntryId(random.id());
    const slice = decider.slice([{ name: "question", decisions: [one.decision] }]);
    slices.put(id, slice.text);
    const draft = entryOf(one, slice.digest);
    if (one.decision.answer === "log") waiting.push(recorder.append(draft, { id }));
    else recorder.note(draft, { id });
  }
  if (waiting.length === 0) return true;
  const written = await Promise.allSettled(waiting);
  return written.every(({ status }) => status === "fulfilled");
}

function entryOf({ question, decision, ignored }: Decided, input: Digest): EventDraft {
  const { answer, reason, policies, errors, setDigest } = decision;
  return {
    type: "event",
    name: "question.answered",
    subject: question.resource,
    data: jsonObject([
      ["peer", question.pep.id],
      ["domain", question.domain],
      [
        "principal",
        jsonObject([
          ["type", question.principal.type],
          ["id", question.principal.id],
        ]),
      ],
      ["action", question.action],
      ["answer", answer],
      ["reason", reason],
      [
        "policies",
        policies.map(({ id, digest }) =>
          jsonObject([
            ["id", id],
            ["digest", digest],
          ]),
        ),
      ],
      [
        "errors",
        errors.map(({ policy, code }) =>
          jsonObject([
            ["policy", policy],
            ["code", code],
          ]),
        ),
      ],
      ["set", setDigest],
      ["input", input],
      ...(ignored.length === 0 ? [] : ([["ignored", ignored.slice(0, 32)]] as const)),
    ]),
  };
}
