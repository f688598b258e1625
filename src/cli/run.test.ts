// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { COMMANDS } from "./commands.ts";
import { ALLOWED, DECISION, DENIED, OPENED, row, STATUS } from "./testing/answers.ts";
import { createWorld } from "./testing/world.ts";

const PAGE = { size: 3, entries: [OPENED, ALLOWED, DENIED] };

test("X15: no command means status, and no server to ask is exit 5 with the way out", async () => {
  using world = createWorld();
  expect(await world.run("")).toEqual({
    code: 5,
    out: "",
    err: "no server is known in data: cannot read data/address\nfix: start it with npx bailiwick up, or name another folder with --data\nCLI_NOT_RUNNING\n",
  });
});

test("X15: a server that no longer answers is exit 5 too", async () => {
  using world = createWorld({ "/api/status": new TypeError("fetch failed") });
  const { code, err } = await world.run("status");
  expect(code).toBe(5);
  expect(err).toContain("SDK_UNREACHABLE");
});

test("status: what is true, and the next thing to do", async () => {
  using world = createWorld({ "/api/status": STATUS });
  const { code, out, err } = await world.run("status");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.split("\n")).toEqual([
    "bailiwick   0.1.0, enforce mode, since 2026-12-06T09:00:00.000Z, /srv/data",
    "gate        http://localhost:7400",
    "  files     ready, 10 of 14 tools shown, operator self, FR,",
    "            http://localhost:7400/mcp/files",
    "  mail      failed: it did not start, 0 tools, operator us-partner, US,",
    "            http://localhost:7400/mcp/mail",
    "policies    4 in demo, since 2026-12-06T09:00:00.000Z",
    "identities  1 of 2 active",
    "record      3 entries in localhost/log/main-1, ok, 1 not under a checkpoint yet",
    "warning     the clock was stepped",
    "next        npx bailiwick record tail",
    "",
  ]);
});

test("status: without policies it says what that means", async () => {
  using world = createWorld({ "/api/status": { ...STATUS, policies: null } });
  const { out } = await world.run("status");
  expect(out).toContain("policies    none in force: everything is denied\n");
  expect(out).toContain("next        npx bailiwick policy check\n");
});

test("X14: --json is one document, --plain is tabs and nothing is cut", async () => {
  using world = createWorld({ "/api/status": STATUS, "/api/record/entries?from=-10&limit=10": PAGE });
  const parsed: unknown = JSON.parse((await world.run("status --json")).out);
  expect(parsed).toMatchObject({ version: "0.1.0", record: { size: 3 } });
  const { out } = await world.run("record tail --plain", { columns: 20, color: true });
  expect(out.split("\n")[1]).toBe(
    "2026-12-06T09:00:00.001Z\tBW-0000001\tallow\tagent/invoice-helper\tview files/invoices/2041.txt",
  );
});

test("X14: --json and --plain together is wrong use", async () => {
  using world = createWorld({ "/api/status": STATUS });
  expect((await world.run("status --json --plain")).code).toBe(2);
});

test("record tail: one line an entry, ids whole and text cut to the terminal", async () => {
  using world = createWorld({ "/api/record/entries?from=-3&limit=3": PAGE });
  const { out } = await world.run("record tail -n 3");
  expect(out).toBe(
    [
      "12-06 09:00:00Z  BW-0000000  admin      system                log.opened: first…",
      "12-06 09:00:00Z  BW-0000001  allow      agent/invoice-helper  view files/invoic…",
      "12-06 09:00:00Z  BW-0000002  deny       agent/invoice-helper  execute files/inv…",
      "",
    ].join("\n"),
  );
});

test("record tail: on a narrow terminal the text gets a line of its own", async () => {
  using world = createWorld({ "/api/record/entries?from=-10&limit=10": { size: 3, entries: [DENIED] } });
  const { out } = await world.run("record tail", { columns: 60 });
  expect(out.split("\n")[1]).toBe("  execute files/invoices/2041.txt (policy_denied)");
});

test("record tail --json: one object a line", async () => {
  using world = createWorld({ "/api/record/entries?from=-10&limit=10": PAGE });
  const lines = (await world.run("record tail --json")).out.trimEnd().split("\n");
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([OPENED, ALLOWED, DENIED]);
});

test("record tail --follow: each entry once, also one that came while the page was read", async () => {
  const later = row(3, { type: "event", name: "session.opened", subject: { type: "Server", id: "files" } });
  const events = [DENIED, later].map((one) => `event: entry\ndata: ${JSON.stringify(one)}\n\n`).join("");
  using world = createWorld({ "/api/record/entries?from=-10&limit=10": PAGE, "/api/live?topics=entries": events });
  const { code, out, err } = await world.run("record tail -f --json");
  const seen = out.trimEnd().split("\n");
  expect(seen.map((line): unknown => JSON.parse(line))).toEqual([OPENED, ALLOWED, DENIED, later]);
  expect({ code, err }).toEqual({ code: 5, err: expect.stringContaining("CLI_STREAM_ENDED") as string });
});

test("record tail: a number of lines that is none is wrong use", async () => {
  using world = createWorld({});
  for (const lines of ["0", "1001", "ten", "1.5"]) {
    expect(await world.run(`record tail -n ${lines}`)).toMatchObject({
      code: 2,
      err: expect.stringContaining("CLI_OPTION_VALUE") as string,
    });
  }
});

test("record show: in words, then its place in the log, then the entry whole", async () => {
  const proof = {
    log: "localhost/log/main-1",
    index: 2,
    size: 3,
    leaf: "AAAA",
    path: [{ side: "left", hash: "BBBB" }],
    root: "CCCC",
    checkpoint: "",
  };
  using world = createWorld({
    "/api/record/entries/BW-0000002": { entries: [{ ...DENIED, entry: { ...DENIED.entry, id: "ID" } }] },
    "/api/record/entries/2/proof": proof,
    "/api/decisions/ID": DECISION,
  });
  const { code, out } = await world.run("record show BW-0000002", { columns: 120 });
  expect(code).toBe(0);
  expect(out).toContain("BW-0000002  deny       agent/invoice-helper  execute files/invoices/2041.txt");
  expect(out).toContain("\nforbid    invoices-are-read-only, demo/10-files.cedar:12\n");
  expect(out).toContain("\nproof     leaf   AAAA\n          left   BBBB\n          root   CCCC\n");
  expect(out).toContain("npx bailiwick verify entry-2.tlog-proof --policy trust.policy\n");
  expect(out).toContain(`\nentry     ${DENIED.ref}\n`);
  expect(out).toContain(`\n  {\n    "at": 1796547600002,\n`);
});

test("record search: filters beside a word, what the list is worth, and where it goes on", async () => {
  const hit = { ref: DENIED.ref, index: 2, reference: DENIED.reference, summary: DENIED.entry, proof: "/p" };
  const answer = { log: "localhost/log/main-1", size: 3, indexedThrough: 2, complete: false, proves: "hits only" };
  const path = "/api/record/search?q=helper&limit=1&answer=deny%2Callow&verb=execute";
  using world = createWorld({
    [path]: { ...answer, hits: [hit], next: 2, meant: { kind: "identity", value: "helper" } },
    "/api/record/search?q=nobody": { ...answer, hits: [], meant: { kind: "nothing", value: "nobody" } },
  });
  const { code, out, err } = await world.run("record search helper answer:deny,allow verb:execute --limit 1");
  expect(code).toBe(0);
  expect(out).toContain("BW-0000002  deny");
  expect(err.split("\n")).toEqual([
    "1 of 3 entries of localhost/log/main-1, by identity; the newest 1 cannot be found yet",
    "hits only",
    "older ones: the same with --cursor 2",
    "",
  ]);
  expect((await world.run("record search nobody")).err).toMatch(/^no entry of .*nothing is known as nobody/);
  expect(await world.run("record search one two")).toMatchObject({ code: 2 });
  expect(await world.run("record search --limit many")).toMatchObject({ code: 2 });
});

test("record prove: one file, that is never written over another", async () => {
  using world = createWorld({ "/api/record/entries/2/tlog-proof": "c2sp.org/tlog-proof@v1\n" });
  expect((await world.run("record prove 2")).out).toContain("c2sp.org/tlog-proof@v1");
  const first = await world.run("record prove 2 --out entry.tlog-proof");
  expect(first).toMatchObject({ code: 0, err: expect.stringContaining("npx bailiwick verify") as string });
  expect(await world.run("record prove 2 --out entry.tlog-proof")).toMatchObject({
    code: 1,
    err: expect.stringContaining("CLI_UNWRITABLE") as string,
  });
});

test("record status: what is published, what can be found, and the command that checks it", async () => {
  const record = {
    log: "main-1",
    origin: "localhost/log/main-1",
    size: 3,
    published: 2,
    state: "open",
    indexedThrough: 2,
  };
  using world = createWorld({ "/api/status": { ...STATUS, record } });
  const { out } = await world.run("record status", { columns: 120 });
  expect(out).toContain("entries   3, of which 2 are under the published checkpoint\n");
  expect(out).toContain("search    entries before 2 can be found, 1 wait\n");
  expect(out).toContain("npx bailiwick verify /srv/data/record --policy /srv/data/trust.policy\n");
});

test("record show and policy explain: a name that nothing has says so", async () => {
  using world = createWorld({});
  expect(await world.run("record show 9")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^the record has nothing under 9\n/) as string,
  });
  expect(await world.run("policy explain BW-9")).toMatchObject({
    code: 1,
    err: expect.stringContaining("CLI_NOT_FOUND") as string,
  });
});

test("policy explain: the answer, who asked, and the line in the file that decided", async () => {
  using world = createWorld({ "/api/decisions/BW-0000002": DECISION });
  const { out } = await world.run("policy explain BW-0000002");
  expect(out.split("\n")).toEqual([
    "answer   deny",
    "asked    execute files/invoices/2041.txt",
    "by       agent/invoice-helper",
    "at       2026-12-06T09:00:00.002Z, BW-0000002",
    "because  forbidden: policy_denied",
    "forbid   invoices-are-read-only, demo/10-files.cedar:12",
    "         An invoice is never changed by an agent.",
    "         forbid (principal, action, resource);",
    "target   from files/read_text_file of files/inbox/notice.md at",
    "         /result/content/0/text#L3, which may not choose it",
    "payee    from the person's request",
    "fault    policy other: no_attribute",
    "values   There is nothing here.",
    "",
  ]);
});

test("X18: with --json an error is JSON on stderr, and nothing on stdout", async () => {
  using world = createWorld({});
  const { out, err, code } = await world.run("record show 9 --json");
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(JSON.parse(err)).toEqual({
    error: {
      code: "CLI_NOT_FOUND",
      message: "the record has nothing under 9",
      fix: "see what there is: npx bailiwick record tail",
    },
  });
});

test("X18: no stack without --verbose, and the cause with it", async () => {
  using world = createWorld({ "/api/status": new TypeError("fetch failed") });
  expect((await world.run("status")).err.split("\n")).toHaveLength(4);
  const { err } = await world.run("status --verbose");
  expect(err).toContain("    at ");
  expect(err).toContain("caused by TypeError: fetch failed");
});

test("X18: did you mean, for commands and options", async () => {
  using world = createWorld();
  expect((await world.run("verfiy")).err).toContain("did you mean verify?");
  expect((await world.run("policy chek")).err).toContain("did you mean policy check?");
  expect((await world.run("status --dta x")).err).toContain("did you mean --data?");
  expect((await world.run("xyzzy")).err).toContain("see what there is: bailiwick --help");
  expect((await world.run("record")).err).toContain("one of: status, tail, search, prove, show");
});

test("a word that is planned says that it is not in this version, and does nothing", async () => {
  using world = createWorld();
  for (const words of ["contain drill", "policy export", "record rotate", "policy labels x"]) {
    expect(await world.run(words)).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining("is not in this version") as string,
    });
  }
});

test("wrong use is exit 2 before anything is asked", async () => {
  using world = createWorld({ "/api/status": STATUS });
  for (const words of [
    "status extra",
    "record show",
    "verify",
    "status --data",
    "status --data --json",
    "status --json=1",
  ]) {
    expect(await world.run(words)).toMatchObject({ code: 2, out: "" });
  }
});

test("X19: every help page has two examples first, fits a screen of 24 lines and cuts nothing", async () => {
  using world = createWorld();
  for (const words of ["--help", ...COMMANDS.map(({ name }) => `${name} --help`)]) {
    const { code, out } = await world.run(words);
    const lines = out.trimEnd().split("\n");
    expect(code).toBe(0);
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(out).not.toContain("…");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.filter((line) => line.startsWith("  npx bailiwick ")).length).toBeGreaterThanOrEqual(2);
  }
});

test("X19: help searches, and its pages are the same by both ways", async () => {
  using world = createWorld();
  expect((await world.run("help verify")).out).toBe((await world.run("verify --help")).out);
  expect((await world.run("help policy")).out).toMatch(/policy check[^]*policy test[^]*policy explain/);
  expect((await world.run("help nothing-like-it")).code).toBe(2);
});

test("every example of every command is a command line that this version reads", async () => {
  const { parseWords } = await import("./command.ts");
  for (const command of COMMANDS) {
    for (const { words } of command.examples) {
      expect(words.startsWith(command.name)).toBe(true);
      const given = words.slice(command.name.length).trim();
      expect(() => parseWords(command, given === "" ? [] : given.split(" "))).not.toThrow();
    }
  }
});

test("X26: what came from outside cannot act on the terminal", async () => {
  const evil = row(4, { type: "admin", name: "\u001b[2Jlog.opened", because: "\u202etxt.exe\u0007" });
  using world = createWorld({ "/api/record/entries?from=-10&limit=10": { size: 5, entries: [evil] } });
  for (const form of ["", " --plain", " --json"]) {
    const { out } = await world.run(`record tail${form}`);
    expect(["\u001b", "\u0007", "\u202e"].filter((character) => out.includes(character))).toEqual([]);
  }
});

test("the token goes to this machine or over TLS only, and only if nobody else can read it", async () => {
  using world = createWorld({ "/api/status": STATUS });
  world.write("data/address", "http://gate.example.org:7400\n");
  expect(await world.run("status")).toMatchObject({
    code: 1,
    err: expect.stringContaining("CLI_ADDRESS_UNSAFE") as string,
  });
  using other = createWorld({ "/api/status": STATUS });
  other.write("readable/address", "http://127.0.0.1:7400\n");
  other.write("readable/cli-token", "token\n", 0o644);
  expect(await other.run("status --data readable")).toMatchObject({
    code: 1,
    err: expect.stringContaining("CLI_TOKEN_UNSAFE") as string,
  });
});

test("colour only where it was asked for, and the same words without it", async () => {
  using world = createWorld({ "/api/decisions/BW-0000002": DECISION });
  const plain = (await world.run("policy explain BW-0000002")).out;
  const colored = (await world.run("policy explain BW-0000002", { color: true })).out;
  expect(colored).toContain("\u001b[31mdeny\u001b[39m");
  // oxlint-disable-next-line no-control-regex -- the colour codes are what is taken out
  expect(colored.replace(/\u001b\[[0-9]+m/g, "")).toBe(plain);
  expect((await world.run("policy explain BW-0000002 --color")).out).toBe(colored);
  expect((await world.run("policy explain BW-0000002 --plain", { color: true })).out).not.toContain("\u001b");
});
