// SPDX-License-Identifier: Apache-2.0
// `npm start` as a visitor sees it: the story through the real command, its record checked by another program, Ctrl-C.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/office.ts";

const BIN = path.join(ROOT, "bin", "bailiwick.js");

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function bailiwick(...args: string[]): Ran {
  const ran = spawnSync(process.execPath, [BIN, ...args], {
    encoding: "utf8",
    env: {},
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

interface Story {
  readonly name: string;
  readonly steps: { verb: string; resource: string; answer: string; reason: string; ms: number }[];
  readonly contain: { effect: string; ms: number; points: number };
  readonly incident: { name: string; questions: number };
  readonly clocks: { duty: string; stage: string; state: string; strict: string | null; why: string }[];
  readonly recordVerified: boolean;
  readonly dataDir: string;
}

/** What the demo prints between its first line and its last ones. */
const golden = (became: string, written: string): string => `console  <url>/#setup=<token>   one-use link, 15 minutes
gate     <url>/mcp/files   @modelcontextprotocol/server-filesystem 2026.8.31, 14 tools, FR
gate     <url>/mcp/outbox   the same server, operated by us-partner, US
agent    invoice-helper: what it tries is a script; every answer below is the gate's

  1  allow      view     files/invoices/2041.txt        reads-in-team <ms> ms
  2  allow      view     files                          tools-of-files <ms> ms
     look       11 of 14 tools; for this agent there is no edit_file, create_directory, move_file
  3  limit      view     files/customers/customers.csv <ms> ms
     rule       policies/demo/20-reads.cedar:27 personal-data-is-masked
     look       6 masked, for this server says all twice: 1001,Brasserie Halle,Lyon,[masked national id FR]
  4  challenge  execute  files/payments/2041.json <ms> ms
     rule       policies/demo/50-payments.cedar:11 payments-need-a-person
     look       ${became}
     look       <dir>/office/files/payments: ${written}
  5  deny       execute  files/invoices/2041.txt <ms> ms
     rule       policies/demo/40-invoices.cedar:3 invoices-are-read-only
     look       <dir>/office/files/invoices: unchanged, byte for byte
  6  deny       share    outbox/partner-copy.csv <ms> ms
     rule       policies/demo/60-disclosure.cedar:29 transfer-needs-a-basis
     rule       policies/demo/70-origins.cedar:31 chosen-by-an-untrusted-source
     look       target chosen by files/read_text_file of files/inbox/notice.md, line 4
     look       transfer conditional: EU-T-government, EU-T-personal (unreviewed)
     look       <dir>/office/outbox: nothing new
  7  contain    isolate  invoice-helper                 used a planted credential (decoy) <ms> ms
     look       stopped at 1 of 1 gates in <ms> ms · <n> tokens dead · 0 delegated steps ended
     look       <dir>/office/files/reports: nothing new; a later read: refused

record   <n> entries · checkpoint signed · checked by a second program, offline: ok
         npx bailiwick verify <dir>/data/record --policy <dir>/data/trust.policy
blast    so far: 4 things read (government, personal, secret) · ${written.endsWith("json written") ? 1 : 0} written
         sent to nobody · how many people are behind it: unknown, and not counted as none
incident INC-1 · 6 questions decide which clocks run
clock    EU-GDPR-33 notification: waiting for awareness (if it applies) · provisional, unreviewed
         npx bailiwick prove incident clocks INC-1 --data <dir>/data
         npx bailiwick prove incident ask INC-1 --data <dir>/data
`;
const FIRST = "bailiwick <version> demo · everything is in <dir>";

const APPROVED = "approved for this exact call, once, by a demo key: not a person's passkey";

/** What differs from run to run, under names. */
function told(out: string, dir: string): string {
  return (
    out
      .replaceAll(dir, "<dir>")
      .replace(/bailiwick \S+ demo/, "bailiwick <version> demo")
      .replaceAll(/http:\S+(?=\/(?:mcp|#setup=))/g, "<url>")
      .replace(/#setup=\S+/, "#setup=<token>")
      .replace(/record {3}\d+ entries/, "record   <n> entries")
      .replace(/gates in \d+ ms · \d+ tokens? dead/, "gates in <ms> ms · <n> tokens dead")
      .replace(/^undone.*\n\n/m, "")
      // of another test that was ended with force
      .replaceAll(/^ {9}left by a demo that was killed: .*\n/gm, "")
      .replaceAll(/ +\d+ ms$/gm, " <ms> ms")
  );
}

/** The demo as it is started by hand, where no key can be pressed. */
async function startDemo(...args: string[]): Promise<{ child: ChildProcess; out: () => string; dir: string }> {
  const child = spawn(process.execPath, [BIN, "up", "--demo", "--port", "0", ...args], { env: {} });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  child.stderr.resume();
  await expect.poll(() => out, { timeout: 30_000 }).toContain("\nagent ");
  return { child, out: () => out, dir: /everything is in (\S+)/.exec(out)?.[1] ?? "" };
}

/** Ctrl-C: its exit code, and how long it took. */
async function interrupt(child: ChildProcess): Promise<{ code: number | null; ms: number }> {
  const ended = once(child, "exit") as Promise<[number | null]>;
  const before = performance.now();
  child.kill("SIGINT");
  const [code] = await ended;
  return { code, ms: performance.now() - before };
}

test("nobody answers: twenty seconds of nothing is a no; then Ctrl-C ends it with 130 and takes its folder and upstream along", async () => {
  const { child, out, dir } = await startDemo();
  await expect.poll(out, { timeout: 50_000 }).toContain("Ctrl-C ends it and removes the folder\n");
  const story = golden("expired: 20 s passed, so the answer is no", "nothing written");
  const next = `next     npx bailiwick record tail --data <dir>/data
         npx bailiwick share preview INC-1 --data <dir>/data
         delete a rule in <dir>/policies/demo/50-payments.cedar: it binds at once
         Ctrl-C ends it and removes the folder
`;
  expect(told(out(), dir)).toBe(`${FIRST} and ends with this process\n${story}${next}`);
  expect(existsSync(dir)).toBe(true);
  expect(await interrupt(child)).toMatchObject({ code: 130 });
  expect(existsSync(dir)).toBe(false);
  expect(spawnSync("pgrep", ["-f", dir]).stdout.toString()).toBe("");
});

test("Ctrl-C while the story waits for a person ends it then and there", async () => {
  const { child, out, dir } = await startDemo();
  await expect.poll(out, { timeout: 30_000 }).toContain("1001,Brasserie Halle");
  const { code, ms } = await interrupt(child);
  expect(code).toBe(130);
  expect(ms).toBeLessThan(15_000); // the person had twenty seconds, and then more of the story came
  expect(existsSync(dir)).toBe(false);
  expect(spawnSync("pgrep", ["-f", dir]).stdout.toString()).toBe("");
});

/** The story as JSON: its one line says what was answered, and why. */
function expectStory({ code, out, err }: Ran): void {
  expect(code, err).toBe(0);
  const lines = out.trim().split("\n");
  const story = JSON.parse(lines.at(-1) ?? "") as Story;
  expect(lines).toHaveLength(1);
  expect(story).toMatchObject({ name: "story", recordVerified: true });
  expect(story.steps.map(({ verb, resource, answer, reason }) => [verb, resource, answer, reason])).toEqual([
    ["view", "files/invoices/2041.txt", "allow", "reads-in-team"],
    ["view", "files", "allow", "tools-of-files"],
    ["view", "files/customers/customers.csv", "limit", "personal-data-is-masked"],
    ["execute", "files/payments/2041.json", "challenge", "payments-need-a-person"],
    ["execute", "files/invoices/2041.txt", "deny", "invoices-are-read-only"],
    ["share", "outbox/partner-copy.csv", "deny", "transfer-needs-a-basis, chosen-by-an-untrusted-source"],
    ["isolate", "invoice-helper", "contain", "used a planted credential (decoy)"],
  ]);
  expect(story.contain).toMatchObject({ effect: "isolate", points: 1 });
  expect(story.contain.ms).toBeGreaterThan(0);
  expect(story.incident).toEqual({ name: "INC-1", questions: 6 });
  // nobody said when they became aware, and nothing stands in for it
  expect(story.clocks).toEqual([
    {
      duty: "EU-GDPR-33",
      stage: "notification",
      state: "waiting",
      strict: null,
      latest: null,
      why: expect.stringMatching(/waits for awareness$/) as string,
    },
  ]);
  for (const { ms } of story.steps) expect(Number.isInteger(ms)).toBe(true);
}

test("the story in a folder that is kept: as JSON, opened again as text, checked, and found out when one byte is changed", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-story-"));
  const start = (...more: string[]): Ran => bailiwick("up", "--demo", "--once", "--data", dir, "--port", "0", ...more);
  expectStory(start("--json"));
  const { code, out, err } = start();
  expect(code, err).toBe(0);
  const story = golden(APPROVED, "2041.json written");
  expect(told(out, dir)).toBe(`${FIRST}, which is kept\n${story}kept     <dir>\n`);

  const record = path.join(dir, "data", "record");
  const verify = (...more: string[]): Ran =>
    bailiwick("verify", record, "--policy", path.join(dir, "data", "trust.policy"), ...more);
  expect(verify().code).toBe(0);
  const [journal = ""] = readdirSync(path.join(record, "main-1", "journal"));
  const file = path.join(record, "main-1", "journal", journal);
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const broken = verify();
  expect(broken.code).toBe(4);
  expect(broken.out + broken.err).toContain(journal);
  rmSync(dir, { recursive: true });
}, 120_000);

test("a second process on the same folder is refused, and told who has it", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-twice-"));
  const { child } = await startDemo("--data", dir);
  const second = bailiwick("up", "--demo", "--once", "--port", "0", "--data", dir);
  expect(second.code).toBe(75);
  expect(second.err).toContain(`${child.pid}`);
  expect(second.err).toContain("STORE_LOCKED");
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  rmSync(dir, { recursive: true });
});

test("`up --config` serves the example office with a key of one's own, as the README says", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "bailiwick-readme-"));
  for (const part of ["examples/office", "policies", "regulations"])
    cpSync(path.join(ROOT, part), path.join(dir, part), { recursive: true });
  const readme = readFileSync(path.join(ROOT, "README.md"), "utf8");
  const makeKeys = /^node -e '(.*)'$/m.exec(readme)?.[1] ?? "";
  mkdirSync(path.join(dir, "examples", "office", "keys"));
  expect(spawnSync(process.execPath, ["-e", makeKeys], { cwd: dir }).status).toBe(0);
  const args = [BIN, "up", "--config", "examples/office/bailiwick.yaml", "--port", "0", "--json"];
  const child = spawn(process.execPath, args, { cwd: dir, env: {} });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  child.stderr.resume();
  await expect.poll(() => out, { timeout: 30_000 }).toContain("\n");
  const data = path.join(dir, "examples", "office", "data");
  expect(JSON.parse(out)).toMatchObject({ name: "up", servers: [{ id: "files" }, { id: "outbox" }] });
  const status = bailiwick("status", "--data", data, "--json");
  expect(JSON.parse(status.out)).toMatchObject({ mode: "enforce", demo: false, policies: { name: "demo" } });
  child.kill("SIGINT");
  await once(child, "exit");
  expect(bailiwick("verify", path.join(data, "record"), "--policy", path.join(data, "trust.policy")).code).toBe(0);
  rmSync(dir, { recursive: true });
});
