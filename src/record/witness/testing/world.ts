// SPDX-License-Identifier: Apache-2.0
// Logs and witnesses in memory, for tests only: requests go from a client to a desk without a network.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Bytes, Outbound, OutboundAnswer, OutboundRequest } from "../../../core/index.ts";
import { type FakeClock, fakeClock, fakeLog } from "../../../core/testing/system.ts";
import { inlineStore } from "../../../store/testing/inline.ts";
import { fakeCustody } from "../../testing/custody.ts";
import { openWitness, WITNESS_SCHEMA, type Witness } from "../index.ts";

export interface TestWitness extends AsyncDisposable {
  readonly witness: Witness;
  readonly url: string;
  readonly clock: FakeClock;
  /** Its keys and where it is, as lines of a policy. */
  lines(name: string): string;
}

export interface TestWitnessOptions {
  readonly host: string;
  /** vkeys of the logs that it cosigns. */
  readonly logs: readonly string[];
  readonly clock?: FakeClock;
  /** Its data folder, where it is opened again. */
  readonly dir?: string;
}

const NOBODY: Outbound = {
  request: () => Promise.reject(new Error("nobody is asked")),
};

/** A witness with a store of its own. */
export async function openTestWitness({
  host,
  logs,
  clock = fakeClock(),
  dir,
}: TestWitnessOptions): Promise<TestWitness> {
  const folder = dir ?? (await mkdtemp(path.join(tmpdir(), "bailiwick-witness-")));
  const store = await inlineStore(folder, [WITNESS_SCHEMA]);
  const file = Buffer.from(`${logs.map((vkey) => `log ${vkey}\n`).join("")}quorum none\n`);
  const witness = await openWitness(
    {
      store,
      custody: fakeCustody(host),
      clock,
      timers: clock.timers,
      log: fakeLog(),
      outbound: NOBODY,
      read: () => Promise.resolve(file),
    },
    { origin: `${host}/log/main-1`, timeoutMs: 1000, server: { on: true, name: `${host}/witness`, logs: ["logs"] } },
  );
  const url = `https://${host}/witness`;
  return {
    witness,
    url,
    clock,
    lines(name) {
      const keys = witness.desk?.vkeys ?? [];
      return [
        ...keys.map((vkey, i) => `witness ${name}-${i + 1} ${vkey} ${url}\n`),
        `group ${name} any ${keys.map((_, i) => `${name}-${i + 1}`).join(" ")}\n`,
      ].join("");
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      if (dir === undefined) await rm(folder, { recursive: true });
    },
  };
}

/** What a host does with a request. */
export type Host = (asked: OutboundRequest) => Promise<OutboundAnswer>;

/** A network of hosts; whoever is not in it cannot be reached. */
export function networkOf(hosts: ReadonlyMap<string, Host>): Outbound & { readonly asked: OutboundRequest[] } {
  const asked: OutboundRequest[] = [];
  return {
    asked,
    request(request) {
      asked.push(request);
      const host = hosts.get(request.url.hostname);
      return host === undefined ? Promise.reject(new Error("no such host")) : host(request);
    },
  };
}

/** The desk of a witness behind the two paths of tlog-witness. */
export function hostOf({ witness: { desk } }: TestWitness): Host {
  return async ({ method, url, body = "" }) => {
    if (method === "POST" && url.pathname === "/witness/add-checkpoint") {
      const reply = await desk?.add(Buffer.from(body));
      return answerOf(reply?.status ?? 404, reply?.body ?? "", reply?.type);
    }
    const [, hash = ""] = /^\/witness\/([0-9a-f]{64})\/checkpoint$/.exec(url.pathname) ?? [];
    const note = await desk?.checkpoint(hash);
    return answerOf(note === undefined ? 404 : 200, note ?? "");
  };
}

export function answerOf(status: number, text: string, type = "text/plain; charset=utf-8"): OutboundAnswer {
  return { status, headers: { "content-type": type }, body: once(Buffer.from(text)) };
}

async function* once(bytes: Bytes): AsyncGenerator<Bytes> {
  yield bytes;
}

/** A client that asks by this policy. */
export async function openTestClient(
  policy: string,
  outbound: Outbound,
  clock: FakeClock = fakeClock(),
): Promise<Witness> {
  const ports = { custody: fakeCustody(), clock, timers: clock.timers, log: fakeLog(), outbound };
  const store = { read: undefined as never, tx: () => Promise.reject(new Error("no store")) };
  return openWitness(
    { ...ports, store, read: () => Promise.resolve(Buffer.from(policy)) },
    { origin: "gate.example/log/main-1", timeoutMs: 1000, policy: "policy", server: { on: false, name: "", logs: [] } },
  );
}
