// SPDX-License-Identifier: Apache-2.0
// The log handed to a stranger: laid down by the command, checked by it, and by the one file that travels along, with Node
// alone in a folder of nothing else.
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildVerifier } from "../../tools/build-verify.ts";
import { type Office, openOffice, ROOT } from "../support/office.ts";

const run = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe("the record is exported", () => {
  let office: Office;
  let folder: string;
  beforeAll(async () => {
    office = await openOffice();
    folder = await mkdtemp(path.join(tmpdir(), "bailiwick-export-"));
    await using agent = await office.connect();
    await agent.call("read_text_file", { path: "invoices/2041.txt" });
    await agent.call("read_text_file", { path: "customers/customers.csv" });
  });
  afterAll(async () => {
    await office[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function node(args: readonly string[], cwd: string = folder): Promise<Ended> {
    const ended = await run(process.execPath, [...args], { cwd, env: {} }).then(
      (done) => ({ code: 0, ...done }),
      (failed: { code: number; stdout: string; stderr: string }) => failed,
    );
    return { code: ended.code, out: ended.stdout, err: ended.stderr };
  }
  const bailiwick = (...args: readonly string[]): Promise<Ended> =>
    node([path.join(ROOT, "bin", "bailiwick.js"), ...args]);
  const dataDir = (): string => office.running.config.dataDir;

  test("L39: an export goes on where it stopped, and holds as a whole; a line less does not", async () => {
    const first = await bailiwick("record", "export", "out", "--to", "5", "--data", dataDir());
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining("entries before 5") as string });
    const second = await bailiwick("record", "export", "out", "--data", dataDir());
    expect(second.code).toBe(0);
    const names = (await readdir(path.join(folder, "out"))).filter((name) => name !== "verify.mjs");
    expect(names.toSorted().slice(0, 4)).toEqual([
      "entries-000000000000.jsonl",
      "entries-000000000005.jsonl",
      "manifest-000000000000.json",
      "manifest-000000000000.tlog-proof",
    ]);
    await copyFile(office.running.trustFile, path.join(folder, "trust.policy"));
    const whole = await bailiwick("verify", "out", "--policy", "trust.policy");
    expect(whole).toMatchObject({ code: 0, out: expect.stringContaining("none between left out") as string });
    expect((await bailiwick("verify", "out")).code).toBe(3);
    const file = path.join(folder, "out", "entries-000000000005.jsonl");
    const lines = await readFile(file, "utf8");
    await writeFile(file, lines.slice(lines.indexOf("\n") + 1));
    expect((await bailiwick("verify", "out", "--policy", "trust.policy")).code).toBe(4);
    await writeFile(file, lines);
  });

  test("L34: the verifier as one file, with Node alone, says the same by the same exit codes", async () => {
    const empty = await mkdtemp(path.join(tmpdir(), "bailiwick-verifier-"));
    try {
      await buildVerifier(path.join(empty, "verify.mjs"));
      expect(await readdir(empty)).toEqual(["verify.mjs"]);
      const proof = path.join(folder, "entry.tlog-proof");
      await bailiwick("record", "prove", "0", "--out", proof, "--data", dataDir());
      const policy = office.running.trustFile;
      const verify = (...args: readonly string[]): Promise<Ended> => node(["verify.mjs", ...args], empty);
      expect(await verify(proof, "--policy", policy)).toMatchObject({ code: 0, err: "" });
      expect((await verify(proof)).code).toBe(3);
      expect(await verify("nothing")).toMatchObject({
        code: 1,
        err: expect.stringContaining("CLI_UNREADABLE") as string,
      });
      expect((await verify("--nonsense")).code).toBe(2);
      await writeFile(proof, (await readFile(proof, "utf8")).replace("index 0", "index 1"));
      expect((await verify(proof, "--policy", policy)).code).toBe(4);
      const same = await bailiwick("verify", proof, "--policy", policy, "--json");
      expect((await verify(proof, "--policy", policy, "--json")).out).toBe(same.out);
    } finally {
      await rm(empty, { recursive: true });
    }
  });

  test("L39: as OCSF each line is an event, and the manifest holds them", async () => {
    expect((await bailiwick("record", "export", "siem", "--format", "ocsf", "--data", dataDir())).code).toBe(0);
    const text = await readFile(path.join(folder, "siem", "entries-000000000000.jsonl"), "utf8");
    const events = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly class_uid: number });
    expect(new Set(events.map((event) => event.class_uid))).toEqual(new Set([3004, 3005, 6003]));
    expect((await bailiwick("verify", "siem", "--policy", office.running.trustFile)).code).toBe(0);
    expect((await bailiwick("record", "export", "x", "--format", "csv", "--data", dataDir())).code).toBe(2);
  });

  test("L39: that the log was handed out is on record, with the digest of what was", async () => {
    const before = (await found()).length;
    await bailiwick("record", "export", "told", "--to", "3", "--data", dataDir());
    expect(await found()).toHaveLength(before + 1);
  });

  /** Entries that say that a part was handed out. */
  async function found(): Promise<readonly unknown[]> {
    const asked = await bailiwick("record", "search", "name:log.read", "--json", "--data", dataDir());
    const { hits } = JSON.parse(asked.out) as {
      readonly hits: readonly { readonly entry: { readonly because: string } }[];
    };
    return hits.filter(({ entry }) => entry.because === "an export was handed out");
  }
});
