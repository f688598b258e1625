// SPDX-License-Identifier: Apache-2.0
// A backup of a server that is at work, restored elsewhere and started: rows and record are whole, and everything that was
// issued before is dead (store S18, S19).
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isJsonObject, member, parseJson } from "../../src/core/index.ts";
import { systemRandom } from "../../src/server/system.ts";
import { openCustody } from "../../src/store/index.ts";
import { findPostgres, testDatabase } from "../../src/store/testing/postgres.ts";
import { openOffice, ROOT } from "../support/office.ts";

const BIN = path.join(ROOT, "bin", "bailiwick.js");
const found = await findPostgres();

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function bailiwick(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  child.stderr.on("data", (chunk) => (err += String(chunk)));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code: code ?? -1, out, err })));
}

describe("a backup", () => {
  let dir = "";
  const at = (...names: string[]): string => path.join(dir, ...names);
  /** Reports that were acknowledged before the backup began. */
  const acknowledged: string[] = [];
  let told: ReturnType<typeof parseJson> = null;
  let identities = 0;
  let token = "";

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "bailiwick-backup-"));
    await using office = await openOffice({ dir: at("first") });
    identities = (await office.running.people.persons()).length;
    await using agent = await office.connect();
    const read = (): Promise<{ readonly isError: boolean }> =>
      agent.call("read_text_file", { path: "invoices/2041.txt" });
    for (let n = 0; n < 4; n++) if (!(await read()).isError) acknowledged.push(String(n));
    const stop = new AbortController();
    const work = (async () => {
      while (!stop.signal.aborted) await read();
    })();
    const made = await bailiwick(["store", "backup", at("set"), "--data", at("first", "data"), "--json"]);
    stop.abort();
    await work;
    token = await readFile(at("first", "data", "cli-token"), "utf8");
    // while it runs, with all that is in the WAL
    await cp(at("first", "data"), at("live"), { recursive: true, filter: (file) => !file.endsWith("lock.db") });
    if (made.code !== 0) throw new Error(made.err);
    told = parseJson(made.out);
  });
  afterAll(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  /** A folder like the first office's, with its rows and record from the backup. */
  async function restored(name: string, env: Record<string, string> = {}): Promise<Ended> {
    await mkdir(at(name));
    await cp(at("first", "office"), at(name, "office"), { recursive: true });
    await cp(at("first", "policies"), at(name, "policies"), { recursive: true });
    return bailiwick(["store", "restore", at("set"), "--data", at(name, "data"), "--json"], env);
  }

  it("S18: it was made while the gate worked, tried, and both stand in the record", async () => {
    expect(acknowledged).toHaveLength(4);
    expect(member(told, "entries")).toBeGreaterThanOrEqual(acknowledged.length);
    expect(JSON.stringify(member(told, "tested"))).toContain('"ok":true'); // of each log
    const journal = await readdir(at("first", "data", "record", "main-1", "journal"));
    const texts = await Promise.all(
      journal.map((file) => readFile(at("first", "data", "record", "main-1", "journal", file), "latin1")),
    );
    expect(texts.join("")).toContain('"backup.made"');
    expect(texts.join("")).toContain('"restore.tested"');
  });
  it("S18: keys are in a set of their own: none in the other one", async () => {
    const names = (await readdir(at("set"), { recursive: true })).map(String);
    expect(names.filter((name) => /(^|\/)keys(\/|$)|domain_key|\.key$|seal$/.test(name))).toEqual([]);
    const keys = (await readdir(at("set.keys"), { recursive: true })).map(String);
    expect(keys).toEqual(expect.arrayContaining(["keys/seal", "rows/record_domain_key.jsonl"]));
  });
  it("S19: restored elsewhere it is whole; what was issued is dead until a person lets it go on", async () => {
    expect(await restored("second")).toMatchObject({ code: 0, err: "" });
    // under its old name the record would go on beside what others know of it
    await expect(openOffice({ dir: at("second") })).rejects.toMatchObject({ code: "SERVER_RESTORED" });
    const yaml = at("second", "office", "bailiwick.yaml");
    const adopted = await bailiwick(["record", "adopt", "main-2", "--config", yaml, "--data", at("second", "data")]);
    expect(adopted).toMatchObject({ code: 0, err: "" });
    const next = { dir: at("second"), change: (config: Parameters<Change>[0]) => withLog(config, "main-2") };
    {
      await using office = await openOffice(next);
      expect((await office.running.people.persons()).length).toBe(identities);
      await expect(office.connect()).rejects.toThrow("a mandate is needed");
      const reopened = await bailiwick(["store", "reopen", "--data", at("second", "data"), "--json"]);
      expect(reopened).toMatchObject({ code: 0, out: expect.stringMatching(/"restored": *true/) as string });
      await using agent = await office.connect();
      expect((await agent.call("read_text_file", { path: "invoices/2041.txt" })).isError).toBe(false);
    }
    await using again = await openOffice(next);
    await using agent = await again.connect();
    expect((await agent.call("read_text_file", { path: "invoices/2041.txt" })).isError).toBe(false);
  });
  it("S17: no secret lies open in any file: rows, WAL, record, slices, backup", async () => {
    const secrets = new Map<string, Buffer>([
      ["the seal", await readFile(at("first", "data", "keys", "seal"))],
      ["the command's token", Buffer.from(token)],
    ]);
    const custody = await openCustody({ dir: at("first", "data") }, { random: systemRandom });
    for (const [name, algorithm] of [
      ["log/main-1", "Ed25519"],
      ["store/backup", "Ed25519"],
      ["identify/access", "ES256"],
    ] as const) {
      const { d = "" } = (await custody.keyPair(name, algorithm)).privateKey.export({ format: "jwk" });
      secrets.set(name, Buffer.from(d, "base64url"));
    }
    const open: string[] = [];
    let looked = 0;
    for (const folder of [at("first", "data"), at("live"), at("set"), at("set.keys")]) {
      for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!file.isFile() || file.name === "seal" || file.name === "cli-token") continue;
        const bytes = await readFile(path.join(file.parentPath, file.name));
        looked += 1;
        for (const [name, secret] of secrets) {
          const forms = (["hex", "base64", "base64url"] as const).map((form) => Buffer.from(secret.toString(form)));
          if ([secret, ...forms].some((form) => bytes.includes(form))) open.push(`${name} in ${file.name}`);
        }
      }
    }
    expect(looked).toBeGreaterThan(50);
    expect(open).toEqual([]);
  });
  it("S19: nothing is restored over what is there", async () => {
    await mkdir(at("taken"));
    await writeFile(at("taken", "mine"), "");
    const done = await bailiwick(["store", "restore", at("set"), "--data", at("taken")]);
    expect(done).toMatchObject({ code: 1, err: expect.stringContaining("STORE_RESTORE_TAKEN") as string });
  });
  it("S18: one changed byte is found, and nothing is restored", async () => {
    await cp(at("set"), at("bad"), { recursive: true });
    await cp(at("set.keys"), at("bad.keys"), { recursive: true });
    const file = at("bad", "rows", "id_identity.jsonl");
    await writeFile(file, (await readFile(file, "utf8")).replace("active", "Active"));
    const done = await bailiwick(["store", "restore", at("bad"), "--data", at("bad-target")]);
    expect(done).toMatchObject({ code: 1, err: expect.stringContaining("STORE_BACKUP_DAMAGED") as string });
    await expect(readdir(at("bad-target"))).rejects.toThrow("ENOENT");
  });
  it("S18: a manifest that was changed is not believed", async () => {
    await cp(at("set"), at("forged"), { recursive: true });
    const file = at("forged", "manifest.json");
    await writeFile(file, (await readFile(file, "utf8")).replace('"engine": "sqlite"', '"engine": "postgres"'));
    const done = await bailiwick(["store", "verify-backup", at("forged")]);
    expect(done).toMatchObject({ code: 1, err: expect.stringContaining("STORE_BACKUP_DAMAGED") as string });
  });
  it.skipIf(!("url" in found))(
    "S18: a backup of a file restores to a server (not run without PostgreSQL)",
    async () => {
      await using database = await testDatabase("url" in found ? found.url : "");
      const env = { DATABASE_URL: database.url };
      expect(await restored("third", env)).toMatchObject({ code: 0, err: "" });
      const yaml = at("third", "office", "bailiwick.yaml");
      const adopt = ["record", "adopt", "main-3", "--config", yaml, "--data", at("third", "data")];
      expect(await bailiwick(adopt, env)).toMatchObject({ code: 0, err: "" });
      await using office = await openOffice({
        dir: at("third"),
        change: (config) => withDatabase(withLog(config, "main-3"), database.url),
      });
      expect((await office.running.people.persons()).length).toBe(identities);
      const again = await bailiwick(["store", "backup", at("fourth"), "--data", at("third", "data"), "--json"]);
      expect(again).toMatchObject({ code: 0, err: "" });
      const manifest = parseJson(await readFile(at("fourth", "manifest.json"), "utf8"));
      expect(isJsonObject(manifest) && manifest["engine"]).toBe("postgres");
    },
  );
});

type Change = NonNullable<NonNullable<Parameters<typeof openOffice>[0]>["change"]>;
type Config = Parameters<Change>[0];

function withLog(config: Config, name: string): Config {
  return { ...config, record: { ...config.record, name } };
}

function withDatabase(config: Config, url: string): Config {
  const postgres = { url, readers: 4, statementMs: 5000, lockMs: 2000, idleTxMs: 5000 };
  return { ...config, store: { postgres } };
}
