// SPDX-License-Identifier: Apache-2.0
// Erasing a person as it is done: a hold stops it, a second person agrees with a passkey, and then no file of the server holds
// the name, the key or anything that makes a commitment again; the log still verifies.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Commitment,
  type IdentityId,
  parseIdentityId,
  parseMandateId,
  parseStepId,
  parseTaskId,
} from "../../src/core/index.ts";
import { readDomainKeys } from "../../src/record/index.ts";
import { readDomains } from "../../src/record/keep/open.ts";
import { intentDraft } from "../../src/record/testing/drafts.ts";
import type { OpeningView } from "../../src/sdk/index.ts";
import { openCustody, readStore } from "../../src/store/index.ts";
import { type Office, openOffice, ROOT } from "../support/office.ts";
import { type SignedIn, signIn } from "../support/person.ts";

const BIN = path.join(ROOT, "bin", "bailiwick.js");
/** Stands nowhere else. */
const NAME = "Zebulon Quartermain";
const TASK = parseTaskId("01890000-0000-7000-8000-0000000000a1");

let dir: string;
let office: Office;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "bailiwick-erasure-"));
  office = await open();
});
afterAll(async () => {
  await office[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

function open(): Promise<Office> {
  return openOffice({
    dir,
    demo: false,
    change: (config) => ({ ...config, policies: { ...config.policies, watch: false } }),
  });
}

async function bailiwick(...args: string[]): Promise<{ readonly code: number; readonly said: string }> {
  const child = spawn(process.execPath, [BIN, ...args], { env: {} });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
  const [code] = (await once(child, "close")) as [number];
  return { code, said };
}

const at = (): readonly [string, string] => ["--data", office.running.config.dataDir];

/** Names of the files anywhere under the folder that hold one of these. */
async function filesWith(...needles: readonly (string | Buffer)[]): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const found: string[] = [];
  for (const file of files) {
    const bytes = await readFile(file);
    if (needles.some((needle) => bytes.includes(needle))) found.push(path.basename(file));
  }
  return found;
}

/** What is stored of the keys of erasure domains, and what they are. */
async function keysOf(person: IdentityId): Promise<{ readonly sealed: string; readonly key: Buffer }> {
  const { dataDir } = office.running.config;
  await using store = await readStore(dataDir);
  if (store === undefined) throw new Error("no database");
  const custody = await openCustody({ dir: dataDir }, { random: { bytes: () => new Uint8Array(), id: () => "" } });
  const row = (await readDomains(store.read, "main")).find(({ owner }) => owner === person);
  const key = (await readDomainKeys(store, custody, "main")).get(row?.id ?? "");
  return { sealed: row?.sealed ?? "", key: key?.export() ?? Buffer.alloc(0) };
}

async function agree(person: SignedIn, kind: "holds" | "erasures", id: string): Promise<void> {
  const { keeping } = person.client;
  const { terms, options } = await keeping.terms(kind, id);
  await keeping.agree(kind, id, terms, person.sign(options));
}

interface Told {
  readonly person: IdentityId;
  readonly args: Commitment;
  readonly index: number;
}

/** A call in a task of this person, as the gate writes it down. */
async function told(person: IdentityId): Promise<Told> {
  const owner = { mandate: { task: TASK }, person } as const;
  const { record } = office.running;
  const args = record.commit(owner, "args", Buffer.from('{"path":"a"}'));
  const mandate = {
    id: parseMandateId(TASK),
    task: TASK,
    s256: "A",
    step: parseStepId(TASK),
    depth: 0,
    purpose: "test",
  };
  const { ref } = await record.append({ ...intentDraft(), mandate, domain: record.domain(owner), digests: { args } });
  return { person, args, index: ref.index };
}

async function opened({ client }: SignedIn, { index }: Told): Promise<OpeningView> {
  const [opening] = (await client.keeping.open(String(index), { contents: {}, because: "a test" })).openings;
  if (opening === undefined) throw new Error("it commits to nothing");
  return opening;
}

/** Every way in which these bytes could stand in a file. */
function spellings(...all: readonly Buffer[]): readonly (string | Buffer)[] {
  return all.flatMap((bytes) => [bytes, bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")]);
}

/** The id of the only one there is. */
async function only(list: Promise<readonly { readonly id: string }[]>): Promise<string> {
  const [one] = await list;
  if (one === undefined) throw new Error("there is none");
  return one.id;
}

test("L41, L42, section 7: after an erasure no file holds the name, the key, or what makes a commitment again", {
  timeout: 120_000,
}, async () => {
  const ada = await signIn(office.running.setupLink ?? "", "Ada");
  const bob = await signIn((await ada.client.invite({ roles: ["counsel"], because: "law" })).link, "Bob");
  await signIn((await ada.client.invite({ roles: ["auditor"], because: "looks" })).link, NAME);
  const person = (await ada.client.people()).find(({ name }) => name === NAME);
  const call = await told(parseIdentityId(person?.id ?? ""));
  const { sealed, key } = await keysOf(call.person);
  const before = await opened(bob, call);
  expect(before).toMatchObject({ field: "args", commitment: call.args });
  expect([await filesWith(NAME), await filesWith(sealed)]).not.toContainEqual([]);

  const backup = path.join(dir, "backup");
  expect(await bailiwick("store", "backup", backup, "--no-verify", ...at())).toMatchObject({ code: 0 });
  expect(await bailiwick("record", "hold", "--person", NAME, "--because", "case-17", ...at())).toMatchObject({
    code: 0,
  });
  const held = await bailiwick("record", "erase", NAME, "--because", "asked for", ...at());
  expect([held.code, held.said]).toEqual([3, expect.stringContaining("it is held by")]);
  const hold = await only(bob.client.keeping.holds());
  await bailiwick("record", "unhold", hold, "--because", "closed", ...at());
  await expect(agree(ada, "holds", hold)).rejects.toThrow(/you asked for it/);
  await agree(bob, "holds", hold);

  const named = await bailiwick("record", "erase", NAME, "--because", "for Zebulon", ...at());
  expect([named.code, named.said]).toEqual([3, expect.stringContaining("names the person")]);
  const asked = await bailiwick("record", "erase", NAME, "--because", "asked for by law", ...at());
  expect([asked.code, asked.said]).toEqual([0, expect.stringContaining("/people")]);
  const erasure = await only(bob.client.keeping.erasures());
  await expect(agree(ada, "erasures", erasure)).rejects.toThrow(/you asked for it/);
  await agree(bob, "erasures", erasure);
  expect((await bob.client.keeping.erasures())[0]).toMatchObject({ state: "pending backups", person: call.person });
  // the keys of that backup are what is still waited for; its rows and its record hold nothing
  expect(await filesWith(NAME)).toEqual(["id_person.jsonl"]);
  expect(await filesWith(sealed)).toEqual(["record_domain_key.jsonl"]);
  await rm(`${backup}.keys`, { recursive: true });

  const secrets = spellings(key, Buffer.from(before.salt ?? "", "base64url"));
  expect(secrets.every(({ length }) => length >= 32)).toBe(true);
  expect(await filesWith(NAME, "Zebulon", "Quartermain", sealed, ...secrets)).toEqual([]);
  const after = (await ada.client.people()).find(({ id }) => id === call.person);
  expect(after).toMatchObject({ name: "", status: "retired", passkeys: 0, sessions: 0 });
  expect(await opened(bob, call)).toEqual({ ref: before.ref, field: "args", commitment: call.args });
  const owner = office.running.owner ?? "";
  await expect(ada.client.keeping.erase(owner, "no")).rejects.toThrow(/bailiwick.yaml names them/);

  await office[Symbol.asyncDispose]();
  const trust = path.join(dir, "trust.policy");
  await writeFile(trust, await readFile(office.running.trustFile));
  expect(await filesWith(NAME, "Zebulon", "Quartermain", sealed, ...secrets)).toEqual([]);
  const verdict = await bailiwick("verify", path.join(office.running.config.dataDir, "record"), "--policy", trust);
  expect(verdict).toMatchObject({ code: 0 });
  office = await open();
  expect(await filesWith(NAME, sealed)).toEqual([]);
});
