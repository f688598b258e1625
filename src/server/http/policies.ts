// SPDX-License-Identifier: Apache-2.0
// The life of policy sets over HTTP (decide section 2): hand one over, let a second person see and sign it, release it to whom,
// take it back.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import {
  type Clock,
  CoreError,
  type Digest,
  type DomainId,
  type IdentityId,
  type Instant,
  type Json,
  type JsonObject,
  jsonObject,
  parseDigest,
  writeJson,
} from "../../core/index.ts";
import {
  type Done,
  type No,
  type PolicyAct,
  type PublishedSet,
  RELEASE_MODES,
  type ReleaseWish,
  SCOPE_PARTS,
  type SetRelease,
} from "../../decide/index.ts";
import type { Session } from "../../identify/index.ts";
import type { Access, Asker } from "../access.ts";
import type { PolicyDesk } from "../policy-desk.ts";
import type { PolicyRoom } from "../policy-room.ts";
import { bodyObject, credentialOf, sendJson } from "./json.ts";
import { callsRow, checkedRow, diffRow, type Names, releaseRow, setRow } from "./policy-rows.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";
import { instantText } from "./time-text.ts";

export interface PolicyEdge extends PolicyRoom {
  readonly desk: PolicyDesk;
  readonly access: Access;
  readonly domain: DomainId;
  readonly fourEyes: boolean;
  readonly clock: Clock;
  readonly whoIs: (request: FastifyRequest) => IdentityId | undefined;
}

type BySet = { Params: { digest: string } };
type ById = { Params: { id: string } };

export function mountPolicies(app: FastifyInstance, edge: PolicyEdge): void {
  mountSets(app, edge);
  mountReleases(app, edge);
  app.post("/api/policies/check", (request, reply) =>
    read(request, reply, texts, async ({ files }) => sendJson(reply, checkedRow(await edge.desk.check(files)))),
  );
  app.post("/api/policies/diff", (request, reply) =>
    read(request, reply, pair, async ({ before, after }) => {
      const diff = await edge.desk.diff(before, after);
      return diff === undefined ? sendProblem(reply, PROBLEMS.notFound) : sendJson(reply, diffRow(diff));
    }),
  );
}

function mountSets(app: FastifyInstance, edge: PolicyEdge): void {
  const { desk, published } = edge;
  app.get("/api/policies/sets", async (_request, reply) => {
    const names = await namesOf(edge);
    const sets = published.list().sets.map((set) => setRow(set, { ...edge, names }));
    return sendJson(reply, jsonObject([["sets", sets]]));
  });
  app.post("/api/policies/sets", (request, reply) =>
    read(request, reply, upload, async ({ files, because }) => {
      const { checked, published: done } = await desk.publish(files, actOf(edge, request, because));
      // a set with something wrong in it is an answer, not a fault: every line of it is told
      if (done === undefined) return sendJson(reply.code(422), checkedRow(checked));
      return answered(reply, done, async (set) => {
        const row = setRow(set, { ...edge, names: await namesOf(edge) });
        return jsonObject([...Object.entries<Json>(row), ["cases", { ...checked.cases }]]);
      });
    }),
  );
  app.get<BySet>("/api/policies/sets/:digest", (request, reply) =>
    forSet(edge, request, reply, async (set) => sendJson(reply, await setPage(edge, set, request))),
  );
  app.post<BySet>("/api/policies/sets/:digest/options", (request, reply) =>
    forSet(edge, request, reply, (set) =>
      signed(edge, request, reply, (session) => {
        const no = published.barred(set, session.person);
        return no === undefined ? sendJson(reply, termsRow(desk.setTerms(set, session.person))) : refused(reply, no);
      }),
    ),
  );
  app.post<BySet>("/api/policies/sets/:digest/approve", (request, reply) =>
    forSet(edge, request, reply, (set) =>
      signed(edge, request, reply, async (session) => {
        const body = bodyObject(request.body);
        if (body?.["terms"] !== published.termsOf(set)) return refused(reply, STALE);
        const done = await desk.approveSet(set, session, credentialOf(body));
        return answered(reply, done, async (one) => setRow(one, { ...edge, names: await namesOf(edge) }));
      }),
    ),
  );
}

function mountReleases(app: FastifyInstance, edge: PolicyEdge): void {
  const { desk, published } = edge;
  app.get("/api/policies/releases", async (request, reply) => sendJson(reply, await releasesPage(edge, request)));
  app.post("/api/policies/releases", (request, reply) =>
    read(request, reply, wishShape, async ({ because, ...given }) => {
      const wish = wishOf(given, edge.clock.now());
      if ("why" in wish) return malformed(reply, wish.why);
      return released(edge, reply, await published.rollout(wish, actOf(edge, request, because)));
    }),
  );
  const act = (name: "pause" | "resume"): void => {
    app.post<ById>(`/api/policies/releases/:id/${name}`, (request, reply) =>
      read(request, reply, z.object({ because }), async ({ because: why }) =>
        released(edge, reply, await published[name](idOf(edge, request), actOf(edge, request, why))),
      ),
    );
  };
  act("pause");
  act("resume");
  app.post<ById>("/api/policies/releases/:id/rollback", (request, reply) =>
    read(request, reply, back, async ({ because: why, to }) =>
      released(edge, reply, await published.rollback(idOf(edge, request), actOf(edge, request, why), to)),
    ),
  );
  app.post<ById>("/api/policies/releases/:id/options", (request, reply) =>
    forRelease(edge, request, reply, (release) =>
      signed(edge, request, reply, (session) => {
        const no = published.barred({ by: release.unconfirmed?.by ?? release.by }, session.person);
        return no === undefined
          ? sendJson(reply, termsRow(desk.releaseTerms(release, session.person)))
          : refused(reply, no);
      }),
    ),
  );
  app.post<ById>("/api/policies/releases/:id/approve", (request, reply) =>
    forRelease(edge, request, reply, (release) =>
      signed(edge, request, reply, async (session) => {
        const body = bodyObject(request.body);
        if (body?.["terms"] !== published.releaseTermsOf(release)) return refused(reply, STALE);
        return released(edge, reply, await desk.approveRelease(release, session, credentialOf(body)));
      }),
    ),
  );
}

const because = z.string().trim().min(1).max(512);
const digest = z.string().transform((text, context): Digest => {
  try {
    return parseDigest(text);
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    context.addIssue({ code: "custom", message: cause.message });
    return z.NEVER;
  }
});
const texts = z.object({
  files: z.array(z.strictObject({ path: z.string().min(1).max(512), text: z.string() })).min(1),
});
const upload = texts.extend({ because });
const pair = z.object({ before: digest, after: digest });
const back = z.object({ because, to: digest.exactOptional() });
const share = z.number().min(0).max(1).exactOptional();
/** UNIT: minutes. The window of `rollbackIf` where none is said. */
const WINDOW_MINUTES = 15;
const wishShape = z.strictObject({
  set: digest,
  mode: z.enum(RELEASE_MODES).default("enforce"),
  scope: z.partialRecord(z.enum(SCOPE_PARTS), z.string().min(1).max(256)).default({}),
  percent: z.int().min(1).max(100).default(100),
  from: instantText.exactOptional(),
  until: instantText.exactOptional(),
  rollbackIf: z
    .strictObject({
      denyRate: share,
      challengeRate: share,
      errorRate: share,
      windowMinutes: z.number().min(1).max(1440).default(WINDOW_MINUTES),
    })
    .exactOptional(),
  because,
});

function wishOf(
  { set, rollbackIf, ...given }: Omit<z.infer<typeof wishShape>, "because">,
  now: Instant,
): ReleaseWish | { readonly why: string } {
  if (given.until !== undefined && given.until <= now) return { why: "`until` is over already" };
  if (rollbackIf === undefined) return { ...given, digest: set };
  const { windowMinutes, ...rates } = rollbackIf;
  return { ...given, digest: set, rollbackIf: { ...rates, windowMs: windowMinutes * 60_000 } };
}

const STALE: No = {
  no: "refused",
  why: "it is not of what waits here any more",
  fix: "look at it again, and sign what you see then",
};
const NOBODY: No = {
  no: "refused",
  why: "a second person says this, at the console, with a passkey",
  fix: "open the page /policies of this server, signed in as somebody else with the right policy.publish",
};

/** Everything that a second person is shown (D22): what is wrong with it, what it changes, what the last calls would get. */
async function setPage(edge: PolicyEdge, set: PublishedSet, request: FastifyRequest): Promise<JsonObject> {
  const { desk, published } = edge;
  const asker = edge.access.askerOf(request.headers);
  const [names, diff, calls] = [
    await namesOf(edge),
    set.against === null ? undefined : await desk.diff(set.against, set.digest),
    await desk.lastCalls(set.digest),
  ];
  const barred = asker?.kind === "person" ? published.barred(set, asker.session.person)?.why : NOBODY.why;
  const bundle = await published.bundle(set.digest);
  return jsonObject([
    ...Object.entries<Json>(setRow(set, { ...edge, names })),
    ["terms", published.termsOf(set)],
    ["barred", barred ?? ""],
    ["diff", diff === undefined ? null : diffRow(diff)],
    ["lastCalls", calls === undefined ? null : callsRow(calls)],
    [
      "files",
      (bundle?.texts ?? []).map(({ path, text }) =>
        jsonObject([
          ["path", path],
          ["text", text],
        ]),
      ),
    ],
  ]);
}

async function releasesPage(edge: PolicyEdge, request: FastifyRequest): Promise<JsonObject> {
  const { published, decider, policies, domain, fourEyes, clock } = edge;
  const now = clock.now();
  const general = decider.staged(domain).general(now);
  const names = await namesOf(edge);
  const asker = edge.access.askerOf(request.headers);
  const { releases } = published.list();
  const base = policies.bundle;
  return jsonObject([
    ["domain", domain],
    ["fourEyes", fourEyes],
    ["folder", base === undefined ? null : { digest: base.digest, name: base.name, policies: base.policies.length }],
    ["general", general?.set === undefined ? null : { digest: general.set.digest, release: general.release?.id ?? "" }],
    ["releases", releases.map((one) => releaseRow(one, aroundRelease(edge, one, { names, asker })))],
  ]);
}

function aroundRelease(
  { published, decider, clock }: PolicyEdge,
  release: SetRelease,
  { names, asker }: { readonly names: Names; readonly asker: Asker | undefined },
): Parameters<typeof releaseRow>[1] {
  const name = published.set(release.digest)?.name ?? "";
  const by = release.unconfirmed?.by ?? release.by;
  const no = asker?.kind === "person" ? published.barred({ by }, asker.session.person) : NOBODY;
  return { names, now: clock.now(), name, barred: no?.why ?? "", shadow: decider.shadowCount(release.id) };
}

async function released(edge: PolicyEdge, reply: FastifyReply, done: Done<SetRelease>): Promise<FastifyReply> {
  const asker = edge.access.askerOf(reply.request.headers);
  return answered(reply, done, async (one) =>
    releaseRow(one, aroundRelease(edge, one, { names: await namesOf(edge), asker })),
  );
}

async function answered<T>(
  reply: FastifyReply,
  done: Done<T>,
  row: (one: T) => Promise<JsonObject>,
): Promise<FastifyReply> {
  if ("no" in done) return refused(reply, done);
  return sendJson(reply, jsonObject([...Object.entries<Json>(await row(done.done)), ["reference", done.reference]]));
}

function refused(reply: FastifyReply, { no, why, fix }: No): FastifyReply {
  const problem = no === "unknown" ? PROBLEMS.notFound : PROBLEMS.policyRefused;
  return sendProblem(reply, { ...problem, detail: why, ...(fix === undefined ? {} : { fix }) });
}

function malformed(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply, { ...PROBLEMS.malformed, detail });
}

/** A body of this shape, or what is wrong with it. */
async function read<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  shape: z.ZodType<T>,
  work: (body: T) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const body = bodyObject(request.body);
  if (body === undefined) return malformed(reply, "a JSON object was expected");
  const found = shape.safeParse(JSON.parse(writeJson(body)));
  if (found.success) return work(found.data);
  const [issue] = found.error.issues;
  return malformed(reply, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not as it must be"}`);
}

async function signed(
  { access }: PolicyEdge,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (session: Session) => Promise<FastifyReply> | FastifyReply,
): Promise<FastifyReply> {
  const asker = access.askerOf(request.headers);
  return asker?.kind === "person" ? work(asker.session) : refused(reply, NOBODY);
}

/** By its digest, or by a beginning of it that no other one has. */
async function forSet(
  { published }: PolicyEdge,
  { params }: FastifyRequest<BySet>,
  reply: FastifyReply,
  work: (set: PublishedSet) => Promise<FastifyReply> | FastifyReply,
): Promise<FastifyReply> {
  const found = beginning(published.list().sets, params.digest.replace(/^sha256:/, ""), (set) => set.digest.slice(7));
  return found === undefined ? sendProblem(reply, PROBLEMS.notFound) : work(found);
}

async function forRelease(
  edge: PolicyEdge,
  request: FastifyRequest<ById>,
  reply: FastifyReply,
  work: (release: SetRelease) => Promise<FastifyReply> | FastifyReply,
): Promise<FastifyReply> {
  const found = edge.published.release(idOf(edge, request));
  return found === undefined ? sendProblem(reply, PROBLEMS.notFound) : work(found);
}

function idOf({ published }: PolicyEdge, { params }: FastifyRequest<ById>): string {
  return beginning(published.list().releases, params.id, ({ id }) => id)?.id ?? params.id;
}

/** UNIT: characters. Fewer name nothing: they would name another thing tomorrow. */
const BEGINNING_MIN = 6;

function beginning<T>(all: readonly T[], text: string, nameOf: (one: T) => string): T | undefined {
  const found = text.length < BEGINNING_MIN ? [] : all.filter((one) => nameOf(one).startsWith(text));
  return found.length === 1 ? found[0] : undefined;
}

function actOf({ whoIs }: PolicyEdge, request: FastifyRequest, why: string): PolicyAct {
  return { by: whoIs(request) ?? "system", because: why };
}

function termsRow({ digest: terms, options }: ReturnType<PolicyDesk["setTerms"]>): JsonObject {
  return jsonObject([["terms", terms], ...(options === undefined ? [] : [["options", options] as const])]);
}

async function namesOf({ access }: PolicyEdge): Promise<Names> {
  const names = new Map((await access.people.persons()).map(({ id, name }) => [id, name] as const));
  return (id) => (id === "system" ? "this server" : names.get(id) || id);
}
