// SPDX-License-Identifier: Apache-2.0
// `node bench/decide/authzen.ts [--policies 1000] [--rounds 5] [--seconds 3]`: questions of OpenID AuthZEN over HTTP, ours
// (`bailiwick up`: a peer is proven by its token, every answer is an entry) against Cerbos, which asks nobody who he is and
// writes nothing down. The same rules, the same questions, every answer checked; one process asks, one server at a time.
import { randomBytes } from "node:crypto";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { nextLine, type Program, ROOT, run } from "../enforce/programs.ts";
import type { Order, Seen } from "./asker.ts";
import { cerbosBody, openCerbos } from "./cerbos.ts";
import { writeBundle } from "./load.ts";
import { median, round } from "./measure.ts";
import {
  cedarQuestion,
  cedarText,
  isPermitted,
  ROLE_SCHEMA,
  type RoleQuestion,
  type RoleRule,
  roleQuestions,
  roleRules,
} from "./roles.ts";

/** Ours must answer so many times as often, and no later at the 99th percentile. */
const FLOOR_PER_SECOND = 2;
const CONNECTIONS = [1, 32] as const;
/** Those that are judged. */
const JUDGED = 32;
const QUESTIONS = 200;
const WARM_UP_MS = 3000;

interface Ours extends AsyncDisposable {
  readonly program: Program;
  readonly url: string;
  readonly token: string;
}

async function openOurs(rules: readonly RoleRule[], asked: readonly RoleQuestion[]): Promise<Ours> {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-authzen-"));
  const token = randomBytes(32).toString("base64url");
  await writeFile(path.join(dir, "secret"), token, { mode: 0o600 });
  await writeBundle(path.join(dir, "bench"), ROLE_SCHEMA, rules.map(cedarText));
  await writeFile(path.join(dir, "known.json"), JSON.stringify(asked.flatMap((one) => cedarQuestion(one).entities)));
  await cp(path.join(ROOT, "policies", "starter"), path.join(dir, "policies"), { recursive: true });
  const config = {
    policies: { dir: "./policies" },
    prove: { regimes: { dir: path.join(ROOT, "regulations") } },
    decide: {
      domains: { bench: { policies: "./bench", entities: "./known.json" } },
      authzen: { peers: { asker: { secret: "./secret", domains: ["bench"] } } },
    },
  };
  await writeFile(path.join(dir, "bailiwick.yaml"), JSON.stringify(config));
  const program = run([path.join(ROOT, "bin", "bailiwick.js"), "up", "--port", "0", "--json"], dir);
  const url = /"url":"([^"]+)"/.exec(await nextLine(program))?.[1];
  if (url === undefined) throw new Error("the server did not start");
  return {
    program,
    url,
    token,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

interface Side {
  readonly name: string;
  readonly order: Omit<Order, "connections" | "ms">;
  readonly cpu: () => number;
}

/** Both answer with a member of this name; ours says why beside it. */
function expected(rules: readonly RoleRule[], one: RoleQuestion): string {
  return `"decision":${isPermitted(rules, one)}`;
}

function orderFor(url: string, place: string, asks: Order["asks"], more: readonly string[] = []): Side["order"] {
  const { hostname, port } = new URL(url);
  return {
    host: hostname,
    port: Number(port),
    path: place,
    headers: ["Content-Type: application/json", ...more],
    asks,
  };
}

function oursBody({ subject, action, document, level }: RoleQuestion): string {
  return JSON.stringify({
    subject: { type: "User", id: subject },
    action: { name: action },
    resource: { type: "Document", id: document, properties: { level } },
  });
}

async function ask(asker: Program, order: Order): Promise<Seen> {
  asker.stdin.write(`${JSON.stringify(order)}\n`);
  const seen = JSON.parse(await nextLine(asker)) as Seen;
  if (seen.wrong > 0) throw new Error(`${seen.wrong} answers of ${order.path} were wrong`);
  return seen;
}

interface Round extends Seen {
  /** UNIT: microseconds of the server's processor time for one request. */
  readonly cpuUs: number;
}

async function oneRound(asker: Program, { order, cpu }: Side, connections: number, ms: number): Promise<Round> {
  const before = cpu();
  const seen = await ask(asker, { ...order, connections, ms });
  return { ...seen, cpuUs: ((cpu() - before) * 1e6) / (seen.perSecond * ms) };
}

function middle(rounds: readonly Round[]): Round {
  const of = (name: keyof Round): number => round(median(rounds.map((one) => one[name])));
  return { perSecond: of("perSecond"), p50Ms: of("p50Ms"), p99Ms: of("p99Ms"), cpuUs: of("cpuUs"), wrong: 0 };
}

async function measure(sides: readonly Side[], rounds: number, ms: number): Promise<Record<string, Round>> {
  await using asker = run([path.join(import.meta.dirname, "asker.ts")]);
  for (const { order } of sides) await ask(asker, { ...order, connections: JUDGED, ms: WARM_UP_MS });
  const figures: Record<string, Round> = {};
  for (const connections of CONNECTIONS) {
    const seen = new Map<string, Round[]>(sides.map(({ name }) => [name, []]));
    for (let n = 0; n < rounds; n += 1)
      for (const side of sides) seen.get(side.name)?.push(await oneRound(asker, side, connections, ms));
    for (const [name, all] of seen) figures[`${name}@${connections}`] = middle(all);
  }
  return figures;
}

const { values } = parseArgs({
  options: {
    policies: { type: "string", default: "1000" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
  },
});
const rules = roleRules(Number(values.policies));
const asked = roleQuestions(rules, QUESTIONS);
await using cerbos = await openCerbos(rules);
await using ours = await openOurs(rules, asked);
const sides: readonly Side[] = [
  {
    name: "ours",
    order: orderFor(
      ours.url,
      "/pdp/bench/access/v1/evaluation",
      asked.map((one) => ({ body: oursBody(one), expect: expected(rules, one) })),
      [`Authorization: Bearer ${ours.token}`],
    ),
    cpu: () => ours.program.cpu(),
  },
  {
    name: "cerbos",
    order: orderFor(
      cerbos.url,
      "/access/v1/evaluation",
      asked.map((one) => ({ body: cerbosBody(one), expect: expected(rules, one) })),
    ),
    cpu: () => cerbos.cpu(),
  },
];
const figures = await measure(sides, Number(values.rounds), Number(values.seconds) * 1000);
const ratios = Object.fromEntries(
  CONNECTIONS.flatMap((connections) => {
    const [own, other] = [figures[`ours@${connections}`], figures[`cerbos@${connections}`]];
    const over = (name: keyof Round): number => Math.round(((own?.[name] ?? 0) / (other?.[name] ?? 1)) * 100) / 100;
    return (["perSecond", "p50Ms", "p99Ms", "cpuUs"] as const).map((name) => [`${name}@${connections}`, over(name)]);
  }),
);
const missed = [
  ...((ratios[`perSecond@${JUDGED}`] ?? 0) < FLOOR_PER_SECOND ? [`perSecond@${JUDGED}`] : []),
  ...((ratios[`p99Ms@${JUDGED}`] ?? 1) >= 1 ? [`p99Ms@${JUDGED}`] : []),
];
console.log(
  JSON.stringify({
    name: "bench/decide/authzen",
    figures,
    ratios,
    floors: { [`perSecond@${JUDGED}`]: FLOOR_PER_SECOND, [`p99Ms@${JUDGED}`]: 1 },
    missed,
    passed: 2 - missed.length,
    failed: missed.length,
  }),
);
process.exitCode = missed.length === 0 ? 0 : 1;
