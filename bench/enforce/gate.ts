// SPDX-License-Identifier: Apache-2.0
// `npm run bench:gate`: what the gate adds to a call of 2 KiB that answers 2 KiB, with policy, inspection and durable record
// on, beside two proxies that do none of that. Everybody is in front of the same stand-in server and takes turns in every
// round, so that a busy machine is busy for all; what a call costs without anybody in between is taken off. Ratios are judged.
import { rm } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { Signer } from "./agent.ts";
import { open, overHttp, overStdio, type Wire } from "./client.ts";
import { openOffice } from "./office.ts";
import { measurePipeline } from "./pipeline.ts";
import { freePort, listening, nextLine, PEERS, type Program, peer, ROOT, run, STANDIN } from "./programs.ts";
import { KINDS, type Kind, textOf } from "./text.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "40" },
    calls: { type: "string", default: "15" },
    dir: { type: "string" },
  },
});
const ROUNDS = Number(values.rounds);
/** In a row, before the next one's turn. */
const CALLS = Number(values.calls);
/** Rounds that only warm up. */
const WARM = 20;

interface Contender {
  readonly wire: Wire;
  /** Whose processor time counts. */
  readonly programs: readonly Program[];
  /** Done before each turn. */
  readonly prepare?: (calls: number) => Promise<void>;
}

/** UNIT: ms. What one contender took for each call, and on the processor for each call of a turn. */
interface Times {
  readonly waits: number[];
  readonly cpu: number[];
}

await using stack = new AsyncDisposableStack();
const start = (args: readonly string[]): Program => stack.use(run(args));
const opened = async (wire: Wire): Promise<Wire> => stack.adopt(await open(wire), (w) => w.close());

async function directHttp(): Promise<Contender> {
  const program = start([STANDIN, "http"]);
  return { programs: [program], wire: await opened(overHttp(await nextLine(program))) };
}

async function directStdio(): Promise<Contender> {
  const program = start([STANDIN, "stdio"]);
  return { programs: [program], wire: await opened(overStdio(program)) };
}

const office = await openOffice(values.dir);
stack.defer(() => rm(office.dir, { recursive: true, force: true }));
stack.use(office.program);

async function gate(): Promise<Contender> {
  const url = `${office.url}/mcp/standin`;
  const signer = new Signer(office.key, office.url, url);
  await signer.prepare(2);
  const wire = await opened(overHttp(url, () => signer.headers()));
  return { programs: [office.program], wire, prepare: (calls) => signer.prepare(calls) };
}

/** The gate as a client over stdio gets to it. */
async function connect(): Promise<Contender> {
  const { url, key, keyFile } = office;
  const bin = path.join(ROOT, "bin", "bailiwick.js");
  const program = start([bin, "connect", "standin", "--gate", url, "--key", keyFile, "--instance", key.clientId]);
  return { programs: [program, office.program], wire: await opened(overStdio(program)) };
}

async function mcpProxy(): Promise<Contender> {
  const port = await freePort();
  const file = await peer("mcp-proxy", "dist/bin/mcp-proxy.mjs");
  const upstream = ["--", process.execPath, STANDIN, "stdio"];
  const program = start([file, "--host", "127.0.0.1", "--port", String(port), "--server", "stream", ...upstream]);
  const url = `http://127.0.0.1:${port}/mcp`;
  await listening(url);
  return { programs: [program], wire: await opened(overHttp(url)) };
}

async function supergateway(): Promise<Contender> {
  const port = await freePort();
  const file = await peer("supergateway", "dist/index.js");
  const given = [
    "--stdio",
    `${process.execPath} ${STANDIN} stdio`,
    "--outputTransport",
    "streamableHttp",
    "--stateful",
  ];
  const where = ["--port", String(port), "--streamableHttpPath", "/mcp"];
  const preload = new URL("loopback.ts", import.meta.url).href;
  const program = start(["--import", preload, file, ...given, ...where, "--logLevel", "none"]);
  const url = `http://127.0.0.1:${port}/mcp`;
  await listening(url);
  return { programs: [program], wire: await opened(overHttp(url)) };
}

const contenders: Readonly<Record<string, Contender>> = {
  directHttp: await directHttp(),
  gate: await gate(),
  mcpProxy: await mcpProxy(),
  supergateway: await supergateway(),
  directStdio: await directStdio(),
  connect: await connect(),
};

let seed = 0;
const used = (programs: readonly Program[]): number => programs.reduce((sum, program) => sum + program.cpu(), 0);

async function turn({ wire, programs, prepare }: Contender, kind: Kind, times: Times | undefined): Promise<void> {
  await prepare?.(CALLS);
  const calls = Array.from({ length: CALLS }, () => ({ kind, seed: (seed += 1), text: textOf(kind, (seed += 1)) }));
  const before = used(programs);
  for (const args of calls) {
    const began = performance.now();
    const answer = await wire.ask("tools/call", { name: "note", arguments: args });
    const wait = performance.now() - began;
    if (!answer.includes(`Note ${args.seed}.`)) throw new Error(`not the note: ${answer.slice(0, 600)}`);
    times?.waits.push(wait);
  }
  times?.cpu.push((used(programs) - before) / CALLS);
}

const names = Object.keys(contenders);
const fresh = (): Map<string, Times> => new Map(names.map((name) => [name, { waits: [], cpu: [] }]));
const samples = new Map(KINDS.map((kind) => [kind, fresh()]));
for (let round = -WARM; round < ROUNDS; round++) {
  for (const kind of KINDS)
    for (const [name, contender] of Object.entries(contenders))
      await turn(contender, kind, round < 0 ? undefined : samples.get(kind)?.get(name));
}
const pipeline = await measurePipeline();

const at = (numbers: readonly number[] | undefined, part: number): number => {
  const sorted = numbers?.toSorted((a, b) => a - b) ?? [];
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
};
const wait = (kind: Kind, name: string, part: number): number => at(samples.get(kind)?.get(name)?.waits, part);
const cpu = (kind: Kind, name: string): number => at(samples.get(kind)?.get(name)?.cpu, 0.5);
const round3 = (value: number): number => Number(value.toPrecision(3));
type Direct = "directHttp" | "directStdio";
/** What stands between adds this to a call of the server, over the same transport. */
const added = (kind: Kind, name: string, part: number, direct: Direct = directOf(name)): number =>
  wait(kind, name, part) - wait(kind, direct, part);
const directOf = (name: string): Direct => (name === "connect" ? "directStdio" : "directHttp");
const between = names.filter((name) => !name.startsWith("direct"));
const spread = (of: (part: number) => number): { readonly p50: number; readonly p99: number } => ({
  p50: round3(of(0.5)),
  p99: round3(of(0.99)),
});
const table = (kind: Kind): Readonly<Record<string, object>> => {
  const rows: Record<string, object> = {};
  for (const name of names) rows[name] = spread((part) => wait(kind, name, part));
  for (const name of between)
    rows[`${name} added`] = { ...spread((part) => added(kind, name, part)), cpu: round3(cpu(kind, name)) };
  return rows;
};
const figures = {
  rounds: ROUNDS,
  calls: ROUNDS * CALLS,
  peers: PEERS,
  ms: Object.fromEntries(KINDS.map((kind) => [kind, table(kind)])),
  pipelineCpuMs: Object.fromEntries(KINDS.map((kind) => [kind, round3(pipeline[kind])])),
};
/** UNIT: ms. What is promised of the pipeline alone (enforce, section 6). */
const PIPELINE_MS = 0.3;
/** A busy machine may hide what the peers add; then there is no ratio, and nothing is kept. */
const over = (ours: number, theirs: number): number => (theirs > 0 ? round3(ours / theirs) : Number.POSITIVE_INFINITY);
const onHttp = (kind: Kind, part: number): number => over(added(kind, "gate", part), added(kind, "mcpProxy", part));
/** Both peers are in front of the same server over stdio: the better one. */
const onStdio = (kind: Kind, part: number): number => {
  const peers = ["mcpProxy", "supergateway"].map((name) => added(kind, name, part, "directStdio"));
  return over(added(kind, "connect", part), Math.min(...peers));
};
const ratios = Object.fromEntries(
  KINDS.flatMap((kind) => [
    [`${kind}: gate / mcp-proxy on HTTP, added p50 (<= 1)`, onHttp(kind, 0.5)],
    [`${kind}: gate / mcp-proxy on HTTP, added p99 (<= 1)`, onHttp(kind, 0.99)],
    [`${kind}: connect / better peer on stdio, added p50 (<= 1)`, onStdio(kind, 0.5)],
    [`${kind}: connect / better peer on stdio, added p99 (<= 1)`, onStdio(kind, 0.99)],
    [`${kind}: pipeline / ${PIPELINE_MS} ms (<= 1)`, round3(pipeline[kind] / PIPELINE_MS)],
  ]),
);
const failed = Object.values(ratios).filter((ratio) => !(ratio <= 1)).length;
const passed = Object.keys(ratios).length - failed;
await stack.disposeAsync();
console.log(JSON.stringify({ name: "bench:gate", figures, ratios, passed, failed }));
process.exitCode = failed === 0 ? 0 : 1;
