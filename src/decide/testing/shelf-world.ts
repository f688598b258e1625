// SPDX-License-Identifier: Apache-2.0
// For tests: published sets over a store in a temporary folder, a record in memory, and a decider that is asked about agents.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type Decision,
  type IdentityId,
  type Instant,
  type Json,
  parseDomainId,
  parseIdentityId,
  parsePointId,
  type Question,
  type Store,
} from "../../core/index.ts";
import { type FakeRecorder, fakeRecorder } from "../../core/testing/ports.ts";
import { type FakeClock, fakeClock, fakeLog, fakeRandom } from "../../core/testing/system.ts";
import { inlineStore } from "../../store/testing/inline.ts";
import { createDecider, type PolicyControl } from "../decider.ts";
import type { Asker } from "../published/scope.ts";
import type { Approval } from "../published/set-release.ts";
import { openShelf, type PolicyShelf, type ShelfPorts } from "../published/shelf.ts";
import { DECIDE_SCHEMA } from "../schema.ts";
import { type Bundle, type Loaded, loadBundle } from "../sets/bundle.ts";
import { caseContext } from "../sets/case-context.ts";
import { bundleOf } from "./bundle.ts";

export const MAIN: ReturnType<typeof parseDomainId> = parseDomainId("main");
export const ADA: IdentityId = parseIdentityId("spiffe://test/human/ada");
export const BOB: IdentityId = parseIdentityId("spiffe://test/human/bob");

/** Reads are permitted: what everything else is compared with. */
export const BASE: string =
  '@id("reads") permit (principal is Agent, action in Action::"read", resource is Document);\n';
/** The same, and one thing less. */
export const TIGHTER: string = `${BASE}@id("no-hr") forbid (principal, action in Action::"read", resource in Collection::"hr");\n`;
/** Writes too. */
export const LOOSER: string = `${BASE}@id("writes") permit (principal is Agent, action in Action::"effect", resource is Document);\n`;

export const rules = (text: string): Promise<Bundle> => bundleOf({ "10-rules.cedar": text });

export interface ShelfWorld extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly recorder: FakeRecorder;
  readonly log: ReturnType<typeof fakeLog>;
  readonly store: Store;
  readonly decider: ReturnType<typeof createDecider>;
  shelf: PolicyShelf;
  /** Opens it again, as after a crash. */
  reopen(): Promise<PolicyShelf>;
  /** The process ends before the transaction of this name is durable, or right after it. */
  crash: { readonly at: string; readonly when: "before" | "after" } | undefined;
  /** What this agent gets for a verb on a document. */
  ask(agent: string, action?: string, collection?: string): Decision;
  /** A second person's yes to a set. */
  yes(by: IdentityId, terms: Approval["terms"]): Approval;
  until(days: number): Instant;
}

export interface ShelfOptions {
  readonly fourEyes?: boolean;
  readonly base?: string;
  readonly load?: (texts: Bundle["texts"]) => Promise<Loaded>;
  /** Facts of an agent by its name; `environment: test` and what is left out is unknown. */
  readonly about?: (agent: string) => Partial<Asker>;
}

export async function openShelfWorld({
  fourEyes = true,
  base = BASE,
  ...options
}: ShelfOptions = {}): Promise<ShelfWorld> {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-shelf-"));
  const store = await inlineStore(dir, [DECIDE_SCHEMA]);
  const end: { crash: ShelfWorld["crash"] } = { crash: undefined };
  const mortal: Store = {
    read: store.read,
    health: () => store.health(),
    close: () => store.close(),
    scrub: () => store.scrub(),
    async tx(name, fn) {
      if (end.crash?.at === name && end.crash.when === "before") throw new Error("the process ended");
      const done = await store.tx(name, fn);
      if (end.crash?.at === name) throw new Error("the process ended");
      return done;
    },
  };
  const [clock, recorder, log, random] = [fakeClock(), fakeRecorder(), fakeLog(), fakeRandom()];
  const bundle = await rules(base);
  const askerOf = ({ principal }: Question): Asker => ({
    id: principal.id,
    environment: "test",
    isSponsoredBy: () => false,
    ...options.about?.(principal.id),
  });
  const made = (): { readonly decider: ReturnType<typeof createDecider>; readonly ports: ShelfPorts } => {
    const decider = createDecider({ clock, log, askerOf });
    decider.swap(MAIN, bundle.set);
    const own = { control: decider satisfies PolicyControl, domain: MAIN, fourEyes, base: () => bundle };
    const load = options.load ?? ((texts) => loadBundle({ texts, timers: clock.timers }));
    const ports = {
      store: mortal,
      recorder,
      clock,
      timers: clock.timers,
      random,
      log,
      ...own,
      load,
      changed: () => undefined,
    };
    return { decider, ports };
  };
  let now = made();
  let shelf = await openShelf(now.ports);
  const world: ShelfWorld = {
    clock,
    recorder,
    log,
    store,
    get decider() {
      return now.decider;
    },
    get shelf() {
      return shelf;
    },
    get crash() {
      return end.crash;
    },
    set crash(at) {
      end.crash = at;
    },
    async reopen() {
      shelf[Symbol.dispose]();
      now = made();
      shelf = await openShelf(now.ports);
      return shelf;
    },
    ask: (agent, action = "view", collection = "notes") =>
      now.decider.decide(questionOf(clock, agent, [action, collection])),
    yes: (by, terms) => ({ by, at: clock.now(), terms }),
    until: (days) => (clock.now() + days * 86_400_000) as Instant,
    async [Symbol.asyncDispose]() {
      shelf[Symbol.dispose]();
      await store[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return world;
}

export function questionOf(clock: FakeClock, agent: string, [action, collection]: readonly [string, string]): Question {
  const expires: Json = { __extn: { fn: "datetime", arg: "2028-01-01T00:00:00Z" } };
  const attrs = {
    status: "active",
    expires,
    environment: "test",
    jurisdiction: "DE",
    purpose: "tests",
    synthetic: false,
  };
  const [principal, resource] = [
    { type: "Agent", id: agent },
    { type: "Document", id: `${collection}/one.md` },
  ];
  return {
    domain: MAIN,
    principal,
    action,
    resource,
    context: caseContext(clock.now(), { server: "notes" }),
    entities: [
      { uid: principal, attrs, parents: [{ type: "Blueprint", id: "helper" }] },
      { uid: resource, attrs: {}, parents: [{ type: "Collection", id: collection }] },
    ],
    pep: { id: parsePointId("test/mcp") },
    at: clock.now(),
  };
}
