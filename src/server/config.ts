// SPDX-License-Identifier: Apache-2.0
// The configuration: flag over `BAILIWICK_*` over `bailiwick.yaml` over default. An unknown key is an error, never ignored.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { JURISDICTION, LEVELS, type Level, quote, VERBS, type Verb } from "../core/index.ts";
import { type DecideSettings, decideSection } from "../decide/index.ts";
import { type EnforceConfig, enforceConfig, type McpConfig, mcpConfig } from "../enforce/index.ts";
import { type IdentifySettings, identifySection } from "../identify/index.ts";
import { type ProveSettings, proveSection } from "../prove/index.ts";
import { type RecordSettings, recordConfig } from "../record/index.ts";
import { type RespondSettings, respondSection } from "../respond/index.ts";
import { type StoreSettings, storeSection } from "../store/index.ts";
import { ServerError } from "./errors.ts";

export const DEFAULT_PORT = 7400;

/** A person declared in the configuration: who answers for agents, and who may sign in by the setup link. */
export interface PersonConfig {
  readonly name: string;
  readonly environment: string;
  readonly jurisdiction: string;
  /** Groups that policies ask by name: `approver`. */
  readonly roles: readonly string[];
}

/** An agent declared in the configuration; registered at start if it is not there yet. */
export interface AgentConfig {
  readonly blueprint: string;
  /** Handle of one of `people`. */
  readonly sponsor: string;
  readonly purpose: string;
  readonly environment: string;
  readonly jurisdiction: string;
  readonly lifetimeDays: number;
  /** Public JWK file of each instance, by instance name. */
  readonly instances: Readonly<Record<string, string>>;
  /** What its sponsor lets it do; without one it can do nothing. Opened anew at each start. */
  readonly mandate?: MandateConfig | undefined;
}

/** A mandate as the configuration writes it. */
export interface MandateConfig {
  /** What the sponsor asks for, in a person's words: the values in it may decide arguments. */
  readonly request: string;
  readonly verbs: readonly Verb[];
  /** Servers, or places below one: `files`, `files/reports`. */
  readonly locations: readonly string[];
  readonly labelMax: Level;
  readonly jurisdictions: readonly string[];
  /** Dotted words. */
  readonly purpose: string;
  readonly hours: number;
}

export interface Config {
  readonly port: number;
  readonly publicUrl?: string | undefined;
  readonly dataDir: string;
  /** Name of this node in entries. */
  readonly node: string;
  readonly trustDomain: string;
  readonly policies: { readonly dir: string; readonly watch: boolean; readonly fourEyes: boolean };
  readonly people: Readonly<Record<string, PersonConfig>>;
  readonly agents: Readonly<Record<string, AgentConfig>>;
  readonly mcp: McpConfig;
  readonly decide: DecideSettings;
  readonly enforce: EnforceConfig;
  readonly identify: IdentifySettings;
  readonly record: RecordSettings;
  readonly prove: ProveSettings;
  readonly respond: RespondSettings;
  readonly store: StoreSettings;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const name = z.string().regex(NAME);

const person = z.strictObject({
  name: z.string().min(1).max(256).describe("kept in one erasable row, never in an entry"),
  environment: name.default("main"),
  jurisdiction: z.string().regex(JURISDICTION),
  roles: z.array(name).default([]).describe("groups that policies ask by name, such as approver"),
});

export const mandate: z.ZodType<MandateConfig> = z.strictObject({
  request: z.string().min(1).max(4096).describe("what is asked for; the values in it may decide arguments"),
  verbs: z.array(z.enum(VERBS)).min(1),
  locations: z.array(z.string().min(1)).min(1).describe("servers, or places below one: files, files/reports"),
  labelMax: z.enum(LEVELS).default("internal"),
  jurisdictions: z.array(z.string().regex(JURISDICTION)).min(1),
  purpose: z.string().regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/),
  hours: z
    .number()
    .min(0.1)
    .max(24 * 30)
    .default(12),
});

const agent = z.strictObject({
  blueprint: name.describe("what the agent is; policies name it"),
  sponsor: name.describe("the person who answers for it, a key of `people`"),
  purpose: z.string().min(1).max(256),
  environment: name,
  jurisdiction: z.string().regex(JURISDICTION),
  lifetimeDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(90)
    .describe("days until the identity ends, from its registration"),
  instances: z.record(name, z.string().min(1)).default({}).describe("public key file (JWK) of each running copy"),
  mandate: mandate.optional(),
});

/** The whole file, as it is read. */
export const configShape: z.ZodType<Config> = z.strictObject({
  port: z.number().int().min(0).max(65_535).default(DEFAULT_PORT).describe("TCP port on loopback; 0 takes a free one"),
  publicUrl: z.url().optional().describe("base URL that clients use, without a path; default http://localhost:<port>"),
  dataDir: z.string().min(1).default("./data").describe("everything that is kept"),
  node: name.default("main").describe("name of this node in entries"),
  trustDomain: z
    .string()
    .regex(/^[a-z0-9._-]{1,255}$/)
    .default("localhost")
    .describe("trust domain of identity ids"),
  policies: z
    .strictObject({
      dir: z.string().min(1).default("./policies"),
      watch: z.boolean().default(false).describe("puts a saved rule in force at once; in the demo only"),
      fourEyes: z
        .boolean()
        .default(true)
        .describe(
          "whether a published set that lets more through needs a second person; status shows when it does not",
        ),
    })
    .prefault({}),
  people: z.record(name, person).default({}),
  agents: z.record(name, agent).default({}),
  mcp: mcpConfig.prefault({ servers: {} }),
  decide: decideSection,
  enforce: enforceConfig.prefault({}),
  identify: identifySection,
  record: recordConfig.prefault({}),
  prove: proveSection,
  respond: respondSection,
  store: storeSection,
});

/** Everything that may say how to run: the file, and what stands over it. */
export interface ConfigSource {
  /** Path of `bailiwick.yaml`. */
  readonly file: string;
  readonly settings: ReadonlyMap<string, string>;
  /** `DATABASE_URL`: where the rows are. */
  readonly databaseUrl?: string | undefined;
  readonly flags: Readonly<Record<string, string | number>>;
}

/** Reads and checks; relative paths become absolute, from the folder of the file. @throws ServerError SERVER_CONFIG_* */
export async function readConfig(source: ConfigSource): Promise<Config> {
  const text = await readFile(source.file, "utf8").catch((cause: unknown) => {
    throw new ServerError("SERVER_CONFIG_MISSING", `reading ${quote(source.file)}`, {
      cause,
      fix: "name a file that is there; without --config, `bailiwick up` writes a first one into the folder that it is started in",
    });
  });
  return checkConfig(merge(readYaml(source.file, text), source), source.file);
}

/** Reads and checks the text of a file alone, without what stands over it. @throws ServerError SERVER_CONFIG_INVALID */
export function parseConfig(text: string, file: string): Config {
  return checkConfig(readYaml(file, text), file);
}

function readYaml(file: string, text: string): Record<string, unknown> {
  try {
    const found: unknown = parse(text);
    if (isRecord(found)) return found;
    throw new Error("it is not a mapping");
  } catch (cause) {
    throw invalid(file, cause instanceof Error ? cause.message : "not YAML", cause);
  }
}

function checkConfig(found: Record<string, unknown>, file: string): Config {
  const checked = configShape.safeParse(found);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw invalid(file, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
  }
  return atFolder(checked.data, path.dirname(path.resolve(file)));
}

function atFolder(found: Config, folder: string): Config {
  const at = (relative: string): string => path.resolve(folder, relative);
  return {
    ...found,
    dataDir: at(found.dataDir),
    policies: { ...found.policies, dir: at(found.policies.dir) },
    identify: {
      ...found.identify,
      ...(found.identify.roles === undefined ? {} : { roles: at(found.identify.roles) }),
    },
    prove: {
      regimes: {
        ...found.prove.regimes,
        ...(found.prove.regimes.dir === undefined ? {} : { dir: at(found.prove.regimes.dir) }),
      },
      ...(found.prove.mechanisms === undefined ? {} : { mechanisms: at(found.prove.mechanisms) }),
      ...(found.prove.entities === undefined ? {} : { entities: at(found.prove.entities) }),
    },
    mcp: {
      ...found.mcp,
      servers: mapValues(found.mcp.servers, (server) => ({
        ...server,
        auth: server.auth === "none" ? server.auth : { file: at(server.auth.file) },
        ...(server.manifest === undefined ? {} : { manifest: at(server.manifest) }),
        ...(server.folder === undefined ? {} : { folder: at(server.folder) }),
      })),
    },
    decide: decideAt(found.decide, at),
    store: storeAt(found.store, at),
    record: recordAt(found.record, at),
    agents: mapValues(found.agents, (one) => ({ ...one, instances: mapValues(one.instances, at) })),
  };
}

function storeAt({ postgres }: StoreSettings, at: (relative: string) => string): StoreSettings {
  if (postgres?.passwordFile === undefined) return { postgres };
  return { postgres: { ...postgres, passwordFile: at(postgres.passwordFile) } };
}

function recordAt(found: RecordSettings, at: (relative: string) => string): RecordSettings {
  const { policy, server } = found.witness;
  const witness = {
    ...found.witness,
    ...(policy === undefined ? {} : { policy: at(policy) }),
    server: { ...server, logs: server.logs.map(at) },
  };
  return { ...found, witness };
}

function decideAt({ domains, authzen }: DecideSettings, at: (relative: string) => string): DecideSettings {
  return {
    domains: mapValues(domains, ({ policies, entities }) => ({
      policies: at(policies),
      ...(entities === undefined ? {} : { entities: at(entities) }),
    })),
    authzen: { peers: mapValues(authzen.peers, (peer) => ({ ...peer, secret: at(peer.secret) })) },
  };
}

/** Variables that are for conformance runs, and for the programs that look for a server: none of them says how to run one. */
const NOT_SETTINGS = new Set(["VECTORS", "GATE", "KILLS", "PICTURES", "TEST_POSTGRES"]);

/** `BAILIWICK_ENFORCE__UPSTREAM_WAIT_MS=500` sets `enforce.upstreamWaitMs`; a flag sets a member of the top. */
function merge(found: Record<string, unknown>, source: ConfigSource): Record<string, unknown> {
  const merged = { ...found };
  for (const [key, value] of source.settings) {
    if (NOT_SETTINGS.has(key)) continue;
    const names = key.split("__").map(camelCase);
    const last = names.pop() ?? "";
    let section = merged;
    for (const one of names) {
      const inner = section[one];
      const copy = isRecord(inner) ? { ...inner } : {};
      section[one] = copy;
      section = copy;
    }
    section[last] = parse(value);
  }
  if (source.databaseUrl !== undefined) merged["store"] = withDatabase(merged["store"], source.databaseUrl);
  return { ...merged, ...source.flags };
}

/** Where rows go that are restored: to the database of `DATABASE_URL`, or to the data directory. */
export function readStoreSection(databaseUrl: string | undefined): StoreSettings {
  return storeSection.parse(databaseUrl === undefined ? {} : withDatabase({}, databaseUrl));
}

/** The name that other programs use too, so that a platform that hands out databases needs no word of ours. */
function withDatabase(store: unknown, url: string): unknown {
  const known = isRecord(store) ? store : {};
  const postgres = isRecord(known["postgres"]) ? known["postgres"] : {};
  return { ...known, postgres: { ...postgres, url } };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function camelCase(key: string): string {
  return key.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(file: string, why: string, cause?: unknown): ServerError {
  return new ServerError("SERVER_CONFIG_INVALID", `reading ${quote(file)}: ${why}`, { cause });
}
