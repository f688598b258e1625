// SPDX-License-Identifier: Apache-2.0
// A bundle, all or nothing (D16): a folder becomes a set that can decide, or a list of problems and no set at all.
import {
  type Digest,
  type DomainId,
  isJsonArray,
  type Json,
  member,
  type PolicyHit,
  type Problem,
  type Timers,
} from "../../core/index.ts";
import { lendParser } from "../cedar/lend-parser.ts";
import type { CedarParser } from "../cedar/parser.ts";
import { scan } from "../cedar/scan.ts";
import { readSchema, type Schema } from "../cedar/schema.ts";
import { DecideError } from "../errors.ts";
import { buildingPolicySet, type PolicySet, type Rule } from "../policy-set.ts";
import { inTurns, type Pause } from "../turns.ts";
import { askParser, type Passage, problemOf } from "./ask.ts";
import { CASE_FILE, type CaseFile } from "./cases.ts";
import { digesting, policyDigest, schemaDigest, sourceDigest } from "./digest.ts";
import { type BundleFiles, type FoundFiles, readFolder, readTexts, type TextFile, textsOf } from "./folder.ts";
import { lint, validate } from "./lint.ts";
import { MANIFEST, type Manifest } from "./manifest.ts";
import { type ParsedPolicy, parsePolicies } from "./parse.ts";
import { dutiesOf, OBLIGATIONS, type Profiles, REMEDIES } from "./profiles.ts";
import { type Complaint, positionOf, problemAt, problemIn } from "./source.ts";
import { readYaml } from "./yaml.ts";

export type BundleSource = ({ readonly dir: string } | { readonly texts: readonly TextFile[] }) & {
  /** For the parser's deadline. */
  readonly timers: Timers;
  /** Gives way to whoever decides meanwhile; left out where nobody does. */
  readonly pause?: Pause;
};

/** What a person reads of one policy. */
export interface BundlePolicy extends PolicyHit {
  readonly column: number;
  /** Names of `obligations.yaml`, of a limit. */
  readonly obligations?: readonly string[];
  /** Name of `remedies.yaml`, of a challenge. */
  readonly remedy?: string;
  readonly owner?: string;
  readonly control?: string;
  readonly doc?: string;
}

export interface Bundle {
  readonly name: string;
  readonly domain: DomainId;
  readonly owner: string;
  /** Of what the set means; the same as `set.digest`. */
  readonly digest: Digest;
  /** Of the bytes. */
  readonly sourceDigest: Digest;
  readonly set: PolicySet;
  /** Of the schema alone: over another one the same question may not even be askable. */
  readonly schemaDigest: Digest;
  /** In bundle order. */
  readonly policies: readonly BundlePolicy[];
  /** Every file as it was read: what the same bundle can be loaded from again. */
  readonly texts: readonly TextFile[];
  readonly cases: readonly { readonly file: string; readonly content: CaseFile }[];
  /** Problems that do not block. */
  readonly problems: readonly Problem[];
}

export type Loaded = { readonly bundle: Bundle } | { readonly problems: readonly Problem[] };

/** Reads, parses, lints and validates. A bad bundle is a list of problems; nothing is thrown for what a bundle holds. */
export function loadBundle(source: BundleSource): Promise<Loaded> {
  return lendParser(source.timers, async (parser) => {
    const found = "dir" in source ? await readFolder(source.dir) : await readTexts(source.texts);
    return load(found, parser, source.pause);
  });
}

/** The same with a parser that is already there. */
export async function loadFolder(dir: string, parser: CedarParser): Promise<Loaded> {
  return load(await readFolder(dir), parser);
}

async function load({ files, problems }: FoundFiles, parser: CedarParser, pause: Pause = atOnce): Promise<Loaded> {
  return files === undefined ? { problems } : readBundle(files, { parser, pause }, [...problems]);
}

function atOnce(): Promise<void> {
  return Promise.resolve();
}

interface Means {
  readonly parser: CedarParser;
  readonly pause: Pause;
}

async function readBundle(files: BundleFiles, { parser, pause }: Means, problems: Problem[]): Promise<Loaded> {
  const manifest = readOne(readYaml(files.manifest, MANIFEST), problems);
  const profiles = readProfiles(files, problems);
  const cases = files.cases.flatMap((file) => {
    const content = readOne(readYaml(file, CASE_FILE), problems);
    return content === undefined ? [] : [{ file: file.path, content }];
  });
  await pause();
  const schema = await parseSchema({ file: files.schema, start: 0, text: files.schema.text }, parser, problems);
  const policies = await parsePolicies(files.policies, parser, problems, pause);
  problems.push(...lint(policies));
  await pause();
  const ruled: RuledPolicy[] = [];
  for (const parsed of profiles === undefined ? [] : policies) {
    if (profiles !== undefined) ruled.push(withRule(parsed, profiles, problems));
    await pause();
  }
  if (policies.length === 0 && !blocked(problems)) problems.push(problemIn("", NO_POLICIES));
  if (manifest === undefined || schema === undefined || profiles === undefined || blocked(problems))
    return { problems };
  problems.push(...(await validate(policies, schema, parser)));
  if (blocked(problems)) return { problems };
  await pause();
  const built = await build({ ...manifest }, { schema, profiles, ruled }, pause);
  const texts = textsOf(files);
  return { bundle: { ...built, sourceDigest: sourceDigest(Object.values(files).flat()), texts, cases, problems } };
}

/** The definitions of a bundle; nothing where they cannot be read. */
function readProfiles({ obligations, remedies }: BundleFiles, problems: Problem[]): Profiles | undefined {
  const of = obligations === undefined ? {} : readOne(readYaml(obligations, OBLIGATIONS), problems);
  const by = remedies === undefined ? {} : readOne(readYaml(remedies, REMEDIES), problems);
  return of === undefined || by === undefined ? undefined : { obligations: of, remedies: by };
}

interface RuledPolicy extends ParsedPolicy {
  readonly rule: Rule;
}

function withRule(parsed: ParsedPolicy, profiles: Profiles, problems: Problem[]): RuledPolicy {
  const { duties, complaints } = dutiesOf(parsed.notes, profiles);
  problems.push(...complaints.map((complaint) => problemAt(parsed.file, parsed.start, complaint)));
  return { ...parsed, rule: { hit: hitOf(parsed, duties), ...duties } };
}

const NO_POLICIES: Complaint = {
  code: "no_policies",
  text: "a bundle without policies would deny everything",
  fix: "write a first permit in a file that ends in .cedar",
};

function readOne<T>(read: { value: T } | { problems: readonly Problem[] }, problems: Problem[]): T | undefined {
  if ("value" in read) return read.value;
  problems.push(...read.problems);
  return undefined;
}

interface ParsedSchema extends Passage {
  readonly schema: Schema;
  readonly json: Json;
}

async function parseSchema(
  passage: Passage,
  parser: CedarParser,
  problems: Problem[],
): Promise<ParsedSchema | undefined> {
  const { file, text } = passage;
  const scanned = scan(text, true);
  if ("code" in scanned) {
    problems.push(problemAt(file, scanned.offset, { code: scanned.code, text: "the schema nests too deep" }));
    return undefined;
  }
  const asked = await askParser(parser, { op: "schema", text }, passage);
  if ("problems" in asked) {
    problems.push(...asked.problems);
    return undefined;
  }
  const json = member(asked.answer, "json") ?? null;
  const warnings = member(asked.answer, "warnings");
  for (const warning of isJsonArray(warnings) ? warnings : [])
    problems.push(problemOf(warning, passage, { code: "schema_warning", blocking: false }));
  try {
    return { ...passage, schema: readSchema(json), json };
  } catch (cause) {
    if (!(cause instanceof DecideError)) throw cause;
    problems.push(problemIn(file.path, { code: "unsupported_schema", text: cause.message }));
    return undefined;
  }
}

interface Parts {
  readonly schema: ParsedSchema;
  readonly profiles: Profiles;
  readonly ruled: readonly RuledPolicy[];
}

async function build(
  manifest: Manifest,
  { schema: { schema, json }, profiles, ruled }: Parts,
  pause: Pause,
): Promise<Omit<Bundle, "sourceDigest" | "texts" | "cases" | "problems">> {
  const meaning = ruled.map(({ notes, json: policy }) => ({ id: notes.id, json: policy }));
  const digest = await inTurns(digesting(json, meaning, profiles), pause);
  const set = await inTurns(buildingPolicySet(schema, ruled, digest), pause);
  return { ...manifest, digest, set, schemaDigest: schemaDigest(json), policies: ruled.map(describe) };
}

function hitOf({ policy, notes, json, file, start }: ParsedPolicy, duties: Omit<Rule, "hit">): PolicyHit {
  const { id, tier, reason } = notes;
  const { line } = positionOf(file, start);
  const said = reason === undefined ? {} : { reason };
  const digest = policyDigest(id, json, duties);
  return { id, effect: policy.effect, tier, file: file.path, line, ...said, digest };
}

function describe({ notes, rule, file, start }: RuledPolicy): BundlePolicy {
  const { accept: _, ...said } = notes;
  return { ...said, ...rule.hit, column: positionOf(file, start).column };
}

function blocked(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.blocking);
}
