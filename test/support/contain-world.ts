// SPDX-License-Identifier: Apache-2.0
// A relay in front of a real child process, and orders over the real feed, the real store and the real record, in a temporary
// folder: for what an order does to what is in flight, and how fast.
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type IdentityId, parseIdentityId, parsePointId, parseTenantId, type ScopeKey } from "../../src/core/index.ts";
import { fakeStanding } from "../../src/core/testing/ports.ts";
import { fakeLog } from "../../src/core/testing/system.ts";
import { IDENTIFY_SCHEMA, type Identify, identifySection, openIdentify } from "../../src/identify/index.ts";
import { openRecord } from "../../src/record/index.ts";
import { machineConfig, machinePorts } from "../../src/record/testing/machine.ts";
import { type Containments, openRespond, RESPOND_SCHEMA, respondSection } from "../../src/respond/index.ts";
import { fakeIdentities, RULES } from "../../src/respond/testing/contained.ts";
import { systemClock, systemRandom, systemTimers } from "../../src/server/system.ts";
import { openCustody, openStore } from "../../src/store/index.ts";
import { openWatch, readWeights, WATCH_SCHEMA, type Watch } from "../../src/watch/index.ts";
import { type RelayWorld, type RelayWorldOptions, relayWorld } from "./relay-world.ts";

const FILE = path.join(import.meta.dirname, "../../policies/watch/detectors.yaml");
const weights = readWeights(FILE, readFileSync(FILE, "utf8"));
const ISSUER = "http://localhost:7400";
export const PERSON: IdentityId = parseIdentityId(`spiffe://test/human/${"A".repeat(22)}`);
export const OTHER: IdentityId = parseIdentityId(`spiffe://test/human/${"B".repeat(22)}`);

export interface ContainWorld extends AsyncDisposable {
  readonly relay: RelayWorld;
  readonly containments: Containments;
  readonly feed: Identify["feed"];
  readonly watch: Watch;
  /** From now on the relay's caller is in this scope too. */
  enter(scope: ScopeKey): void;
}

export async function containWorld(
  command: readonly [string, ...string[]],
  options: RelayWorldOptions = {},
): Promise<ContainWorld> {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-contained-"));
  const log = fakeLog();
  const custody = await openCustody({ dir }, { random: systemRandom });
  const machine = { ...machinePorts(), custody };
  const record = await openRecord(machine, machineConfig(path.join(dir, "record")));
  const ports = { clock: systemClock, timers: systemTimers, random: systemRandom, log };
  const store = await openStore({ dir, schemas: [IDENTIFY_SCHEMA, RESPOND_SCHEMA, WATCH_SCHEMA] }, ports);
  const resources = [{ url: `${ISSUER}/mcp/odd`, name: "odd" }];
  const identify = await openIdentify(
    { ...ports, store, recorder: record, custody },
    {
      issuer: ISSUER,
      trustDomain: "test",
      tenant: parseTenantId("main"),
      resources,
      dataDir: dir,
      settings: identifySection.parse({}),
    },
  );
  const point = parsePointId("n1/mcp");
  const gates: Parameters<NonNullable<RelayWorldOptions["onGate"]>>[0][] = [];
  const respond = await openRespond(
    {
      ...ports,
      store,
      recorder: record,
      entries: record,
      people: { isActiveHuman: (id) => id.includes("/human/"), holds: () => true },
      signers: [],
      rules: RULES,
      feed: identify.feed,
      identities: fakeIdentities(),
      about: () => undefined,
      points: {
        list: () => (gates.length === 0 ? [] : [point]),
        probe: (_point, scope, effect) => Promise.resolve(gates.every((gate) => gate.probe(scope, effect))),
      },
    },
    { settings: respondSection.parse({}), demo: false },
  );
  const sink = respond.containments;
  const watch = await openWatch({ ...ports, store, recorder: record, entries: record, sink }, weights);
  const relay = relayWorld([...command], {
    ...options,
    watch,
    pins: watch.pins,
    feed: identify.feed,
    inFlight: respond.containments.flights,
    onGate: (gate) => void gates.push(gate),
  });
  return {
    relay,
    containments: respond.containments,
    feed: identify.feed,
    watch,
    enter(scope) {
      relay.standing = fakeStanding({ scopes: [scope] });
    },
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]();
      await watch[Symbol.asyncDispose]();
      await respond[Symbol.asyncDispose]();
      await identify[Symbol.asyncDispose]();
      await store.close();
      await record.close();
      await rm(dir, { recursive: true });
    },
  };
}
