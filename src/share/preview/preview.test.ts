// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type IncidentFacts, NEUTRAL_LABEL } from "../../core/index.ts";
import { type Outgoing, type Preview, preview, previewLines, readProfile, ShareError } from "../index.ts";
import { bundleProblems } from "../stix/check.ts";
import { ask, finding, incident, PORTS, PROFILE_TEXT } from "../testing/world.ts";

type Loose = Record<string, unknown> & { readonly type: string; readonly id: string };

function outgoingOf({ outgoing, blocked }: Preview): Outgoing {
  if (outgoing === undefined) throw new Error(`blocked: ${blocked.join("; ")}`);
  return outgoing;
}

function sentOf(given: Preview): readonly Loose[] {
  return (JSON.parse(new TextDecoder().decode(outgoingOf(given).bytes)) as { objects: Loose[] }).objects;
}

const ofType = (objects: readonly Loose[], type: string): readonly Loose[] =>
  objects.filter((one) => one.type === type);
const bytesOf = (given: Preview): string => new TextDecoder().decode(outgoingOf(given).bytes);

/** The shipped profile without the rules of one type. */
function without(type: string): ReturnType<typeof readProfile> {
  const [head = "", ...types] = PROFILE_TEXT.split(/^ {2}(?=[a-z-]+:$)/m);
  return readProfile("p.yaml", head + types.map((one) => (one.startsWith(`${type}:`) ? "" : `  ${one}`)).join(""));
}

describe("what would be told", () => {
  test("S10: the incident, its signs, techniques, measures and a report of them all", async () => {
    const sent = sentOf(await preview(ask(), PORTS));
    const counts = Object.fromEntries(
      [...new Set(sent.map(({ type }) => type))].map((t) => [t, ofType(sent, t).length]),
    );
    expect(counts).toEqual({
      "marking-definition": 1,
      identity: 2,
      location: 1,
      relationship: 3,
      incident: 1,
      note: 1,
      "attack-pattern": 2,
      sighting: 2,
      "course-of-action": 1,
      report: 1,
    });
    expect(ofType(sent, "incident")[0]).toMatchObject({
      name: "Identity of an AI agent compromised",
      extensions: {
        "extension-definition--12b99833-f6d2-4bbb-a0a5-a024f57b2840": {
          extension_type: "property-extension",
          level: 5,
          urgency: "unknown",
          certainty: "observed",
          exercise: false,
        },
      },
    });
    expect(ofType(sent, "sighting")[0]).toMatchObject({
      count: 2,
      summary: true,
      first_seen: "2026-11-22T09:00:00.000Z",
      last_seen: "2026-11-22T09:00:00.000Z",
    });
    expect(ofType(sent, "attack-pattern").map((one) => one["external_references"])).toEqual([
      [{ source_name: "mitre-atlas", external_id: "AML.T0083" }],
      [{ source_name: "mitre-atlas", external_id: "AML.T0098" }],
    ]);
    expect(ofType(sent, "report")[0]?.["object_refs"]).toHaveLength(sent.length - 2);
  });

  test("S10: only what the facts say: no measure without an order, no sign without a finding, no place without one", async () => {
    const bare = incident({ actions: [], findings: [], jurisdictions: ["EU", "EEA"], ongoing: true, severity: "low" });
    const sent = sentOf(await preview(ask({ incident: bare }), PORTS));
    expect(sent.map(({ type }) => type)).toEqual(["marking-definition", "identity", "identity", "incident", "report"]);
    expect(sent[3]).toMatchObject({ name: "Incident that concerns the identity of an AI agent" });
    expect(JSON.stringify(sent[3])).toContain('"certainty":"unknown"');
    expect(JSON.stringify(sent[3])).toContain('"urgency":"immediate"');
  });

  test("S10: an order that not every point acknowledged is not told as done", async () => {
    const { containedAt: _, ...times } = incident().times;
    const sent = sentOf(await preview(ask({ incident: incident({ times }) }), PORTS));
    expect(ofType(sent, "course-of-action")[0]?.["description"]).toMatch(/^Ordered here\. Not every/);
  });

  test("S10: a tag of another form does not leave, one that has no name is named by its id", async () => {
    const tags = { owasp: ["ASI03", "see http://x"], atlas: ["AML.T0999", "<b>", "AML.T0083; rm -rf"] };
    const sent = sentOf(await preview(ask({ findings: [finding({ tags })] }), PORTS));
    expect(ofType(sent, "attack-pattern")).toMatchObject([{ name: "MITRE ATLAS AML.T0999", labels: ["ASI03"] }]);
  });

  test("S12, S19: the same question gives the same bytes, canonical, and their digest", async () => {
    const one = outgoingOf(await preview(ask(), PORTS));
    const two = outgoingOf(await preview(ask(), PORTS));
    expect(two.bytes).toEqual(one.bytes);
    expect(one.digest).toBe(`sha256:${createHash("sha256").update(one.bytes).digest("hex")}`);
    expect(bundleProblems(one.bundle)).toEqual([]);
    const more = await preview(ask({ findings: [finding({ times: 3 })] }), PORTS);
    expect(outgoingOf(more).digest).not.toBe(one.digest);
  });

  test("S49: an exercise says so on every object, and in its severity", async () => {
    const sent = sentOf(await preview(ask({ incident: incident({ exercise: true }) }), PORTS));
    const said = sent.filter(({ type }) => type !== "marking-definition");
    expect(said.every((one) => (one["labels"] as string[] | undefined)?.[0] === "exercise")).toBe(true);
    expect(ofType(sent, "attack-pattern")[0]?.["labels"]).toEqual(["exercise", "ASI03"]);
    expect(JSON.stringify(ofType(sent, "incident"))).toContain('"exercise":true');
  });

  test("S49: an exercise that a profile does not let say so is blocked", async () => {
    const silent = readProfile("p.yaml", PROFILE_TEXT.replace("    /labels: keep\n", ""));
    expect((await preview(ask({ profile: silent }), PORTS)).blocked).toEqual([]);
    const given = await preview(ask({ profile: silent, incident: incident({ exercise: true }) }), PORTS);
    expect(given.outgoing).toBeUndefined();
    expect(given.blocked.join()).toMatch(/it is an exercise, and the profile/);
  });

  test("S10: a finding that the incident does not name is not told, and a planted one only in an exercise", async () => {
    const alone = await preview(ask({ incident: incident({ findings: [] }) }), PORTS);
    expect(ofType(sentOf(alone), "note")).toEqual([]);
    const planted = { findings: [finding({ synthetic: true })] };
    expect(ofType(sentOf(await preview(ask(planted), PORTS)), "note")).toEqual([]);
    const drill = await preview(ask({ ...planted, incident: incident({ exercise: true }) }), PORTS);
    expect(ofType(sentOf(drill), "note")).toHaveLength(1);
  });

  test.each([
    ["the worst sign about an identity", {}, {}, "Identity of an AI agent compromised"],
    ["a lesser sign", {}, { severity: "medium" }, "Incident that concerns the identity of an AI agent"],
    ["no identity", { identities: [] }, {}, "Incident that concerns AI agents"],
  ] as const)("S10: it is called no more than it is: %s", async (_what, facts, sign, name) => {
    const given = await preview(ask({ incident: incident(facts), findings: [finding(sign)] }), PORTS);
    expect(ofType(sentOf(given), "incident")[0]?.["name"]).toBe(name);
  });
});

describe("what is left out", () => {
  test("S16: nothing that names anybody or anything here is in the bytes", async () => {
    const bytes = bytesOf(await preview(ask(), PORTS)).toLowerCase();
    for (const name of [
      "spiffe",
      "office.example",
      "invoice-helper",
      "k3jx0vqm",
      "kowalski",
      "files/",
      "deploy.pem",
      "us-partner",
      "inc-1",
      "01890000",
      "abcdefghij",
      "personal",
      "financial",
      "internal",
      "09:31",
      "09:32",
    ])
      expect(bytes, name).not.toContain(name);
  });

  test("S15: each is named by a pointer into what is known here, with its reason", async () => {
    const { internal, removed } = await preview(ask(), PORTS);
    const at = (pointer: string): unknown =>
      pointer
        .split("/")
        .slice(1)
        .reduce<unknown>((json, name) => (json as Record<string, unknown>)[name], internal);
    for (const { pointer, reason } of removed) {
      expect(at(pointer), pointer).toBeDefined();
      expect(reason).not.toBe("");
    }
    const why = new Map(removed.map(({ pointer, reason }) => [pointer.replace(/^\/objects\/[0-9]+/, ""), reason]));
    expect(why.get("/internal/identities/0")).toBe("names a person or identity");
    expect(why.get("/internal/sponsors/0")).toBe("names a person or identity");
    expect(why.get("/internal/title")).toMatch(/^free text/);
    expect(why.get("/internal/reasons/0/text")).toMatch(/^free text/);
    expect(why.get("/first_seen")).toBe("time cut to the hour");
  });

  test("S15: what refers to an object that does not leave goes with it, or loses the reference", async () => {
    const given = await preview(ask({ profile: without("attack-pattern") }), PORTS);
    const sent = sentOf(given);
    expect(ofType(sent, "sighting")).toEqual([]);
    expect(ofType(sent, "relationship").map((one) => one["relationship_type"])).toEqual(["located-at"]);
    expect(bundleProblems(outgoingOf(given).bundle)).toEqual([]);
    const whole = given.removed.filter(({ pointer }) => /^\/objects\/[0-9]+$/.test(pointer));
    expect(whole.map(({ reason }) => reason)).toEqual(Array(4).fill("refers to what does not leave"));
    expect(previewLines(given).filter((line) => /^- the whole object +\| left out: refers/.test(line))).toHaveLength(4);

    const nameless = await preview(ask({ profile: without("identity") }), PORTS);
    expect(bytesOf(nameless)).not.toContain("created_by_ref");
    expect(bytesOf(nameless)).not.toContain("where_sighted_refs");
  });

  test("S15: a profile that lists nothing blocks", async () => {
    const nothing = readProfile("p.yaml", `${PROFILE_TEXT.slice(0, PROFILE_TEXT.indexOf("objects:"))}objects: {}\n`);
    const given = await preview(ask({ profile: nothing }), PORTS);
    expect(given.outgoing).toBeUndefined();
    expect(given.blocked).toEqual(["the profile lets nothing out"]);
  });
});

describe("residue", () => {
  test.each([
    ["the name of the agent", "Invoice-Helper of the office", "an identifier of this house"],
    ["the name in full-width letters", "ｉｎｖｏｉｃｅ-ｈｅｌｐｅｒ", "an identifier of this house"],
    ["the name in percent encoding", "in%76oice-helper", "an identifier of this house"],
    ["the trust domain", "The people of office.example", "an identifier of this house"],
    ["the operator that was sent to", "us-partner", "an identifier of this house"],
    ["the file of the decoy", "keys deploy.pem", "an identifier of this house"],
    ["the incident's own number", "INC-1", "an identifier of this house"],
    ["an address of a person", "jan.kowalski@office.test", "email"],
    ["a path", "see /srv/data/x", "something like a path or an address"],
    ["a path of another kind", "C:\\data\\x.txt", "something like a path or an address"],
    ["an address", "https://x.test", "something like a path or an address"],
  ])("S17: %s in what would leave blocks it", async (_what, name, what) => {
    const given = await preview(ask({ producer: { name } }), PORTS);
    expect(given.outgoing).toBeUndefined();
    expect(given.residue.map((one) => one.what)).toContain(what);
    expect(given.blocked.join()).toContain(`${what} at /objects/`);
    expect(given.blocked.join().toLowerCase()).not.toContain(name.toLowerCase());
    expect(previewLines(given).some((line) => line.startsWith("BLOCKED: "))).toBe(true);
  });

  test("S17: a name that is a word of our own sentences is no trace of it, and blocks nothing", async () => {
    for (const id of ["planted", "data", "report", "organization", "Services", "attack-pattern"]) {
      const given = await preview(ask({ findings: [finding({ scopes: [{ kind: "server", id }] })] }), PORTS);
      expect(given.blocked, id).toEqual([]);
    }
  });

  test("S17: a name counts as a word, not as a piece of one", async () => {
    const findings = [finding({ scopes: [{ kind: "server", id: "ledger" }] })];
    expect((await preview(ask({ findings, producer: { name: "Ledgers SA" } }), PORTS)).blocked).toEqual([]);
    expect((await preview(ask({ findings, producer: { name: "Ledger SA" } }), PORTS)).outgoing).toBeUndefined();
  });

  test("S17: a check that did not look at all of it blocks", async () => {
    const inspector = {
      ...PORTS.inspector,
      inspect: () =>
        Promise.resolve({
          label: NEUTRAL_LABEL,
          detections: [],
          coverage: { email: { state: "truncated", bytes: 1 }, card: { state: "ran", bytes: 9 } } as const,
        }),
    };
    const given = await preview(ask(), { ...PORTS, inspector });
    expect(given.outgoing).toBeUndefined();
    expect(given.blocked).toEqual(["the check email did not look at all of it: truncated"]);
  });

  test.each(["", "   ", "x".repeat(101)])("S10: a house without a usable name is a fault: `%s`", async (name) => {
    await expect(preview(ask({ producer: { name } }), PORTS)).rejects.toThrow(ShareError);
  });
});

/** Names an attacker might give: markup, controls, bidi, zero width, STIX and JSON of its own, and each with a mark. */
const hostile = fc
  .tuple(
    fc.constantFrom(
      "<script>alert(1)</script>",
      "\u202Egnp.exe",
      "\u200B\u0000\u001B[31m",
      '","type":"malware"',
      "\uD800",
      "[file:name='x']",
      "ｗｉｄｅ漢字",
      "a\nb\r\n",
    ),
    fc.string({ unit: "binary", maxLength: 30 }),
  )
  .map(([known, drawn]) => `ZQXMARK${known}${drawn}ZQXMARK`);

describe("injection", () => {
  test("S16: what others wrote reaches neither the bytes nor a terminal, wherever it stands", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 12, maxLength: 12 }), async (texts) => {
        const [title = "", reason = "", code = "", subject = "", scope = "", param = ""] = texts;
        const [operator = "", place = "", category = "", owasp = "", atlas = "", name = ""] = texts.slice(6);
        const facts = incident({
          title,
          categories: [category],
          jurisdictions: [place, "FR"],
          destinations: [{ operator, jurisdiction: place }],
        });
        const sign = finding({
          code,
          subject: { type: "Tool", id: subject },
          scopes: [{ kind: "tool", id: scope }],
          reasons: [{ code, params: { [name]: param }, text: reason, entries: [] }],
          tags: { owasp: [owasp], atlas: [atlas, "AML.T0083"] },
        });
        const given = await preview(ask({ incident: facts, findings: [sign] }), PORTS);
        expect(given.blocked).toEqual([]);
        expect(bytesOf(given)).not.toMatch(/ZQXMARK|<script|malware/i);
        expectFit(previewLines(given));
      }),
      { numRuns: 60 },
    );
  });

  test("S16: a text of 100,000 characters is cut in what is shown, and is not in what would leave", async () => {
    const long = "Z1".repeat(50_000);
    const facts: IncidentFacts = incident({ title: long });
    const reasons = [{ code: "used", params: { what: long }, text: long, entries: [] }];
    const given = await preview(ask({ incident: facts, findings: [finding({ reasons })] }), PORTS);
    expect(bytesOf(given)).not.toContain("Z1Z1");
    expect(JSON.stringify(given.internal).length).toBeLessThan(30_000);
    expect(previewLines(given).filter((line) => line.includes("Z1Z1")).length).toBeLessThanOrEqual(9);
    expectFit(previewLines(given));
  });
});

/** At most 100 columns where a wide letter takes two, and nothing that moves a cursor or hides. */
function expectFit(lines: readonly string[]): void {
  for (const line of lines) {
    const wide = line.match(
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{3FFFD}]/gu,
    );
    expect(Array.from(line).length + (wide?.length ?? 0), line).toBeLessThanOrEqual(100);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  }
}

describe("lines", () => {
  test("X8: nothing is sent, what is known beside what would be told, each field left out named with its reason", async () => {
    const given = await preview(ask(), PORTS);
    const lines = previewLines(given);
    expect(lines[0]).toBe("nothing is sent: this is what a partner would be told");
    expect(lines[1]).toBe(
      `INC-1 · TLP:AMBER+STRICT · profile partner-default 1 · 15 objects, ${outgoingOf(given).bytes.length} bytes`,
    );
    expect(lines[2]).toBe(outgoingOf(given).digest);
    const gone = given.removed.filter(({ became }) => became === undefined);
    const rows = lines.filter((line) => /^- .* \| left out: /.test(line));
    expect(gone.length).toBeGreaterThan(20);
    expect(rows).toHaveLength(gone.length);
    expect(rows.find((row) => row.includes("identities/0"))).toMatch(/^- internal\/identities\/0 {2}spiffe:\/\/office/);
    expect(lines.find((line) => line.startsWith("~ first_seen"))).toMatch(
      /2026-11-22T09:31:12\.345Z +\| 2026-11-22T09:00:00\.000Z \(time cut to the hour\)$/,
    );
    expect(lines.filter((line) => line.startsWith("~ created "))).toHaveLength(1);
    expectFit(lines);
  });

  test("X8: an object that does not leave at all is one row", async () => {
    const lines = previewLines(await preview(ask({ profile: without("note") }), PORTS));
    const at = lines.findIndex((line) => line.startsWith("note  note--"));
    expect(lines[at + 1]).toMatch(/^- the whole object +\| left out: the profile lists no such object$/);
    expect(lines[at + 2]).toBe("");
  });

  test("X8: every object that would leave is shown", async () => {
    const given = await preview(ask(), PORTS);
    const lines = previewLines(given);
    const known = (given.internal["objects"] as readonly Loose[]).map(({ type, id }) => `${type}  ${id}`);
    expect(known.filter((head) => !lines.includes(head))).toEqual([]);
  });
});
