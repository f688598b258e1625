// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { readProfile, readTechniques, ShareError } from "../index.ts";
import { PROFILE, PROFILE_TEXT, TECHNIQUES, TECHNIQUES_TEXT } from "../testing/world.ts";

/** The message with which the shipped profile is refused after one change. */
function refused(from: string, to: string): string {
  expect(PROFILE_TEXT).toContain(from);
  try {
    readProfile("p.yaml", PROFILE_TEXT.replace(from, to));
  } catch (fault) {
    if (fault instanceof ShareError && fault.code === "SHARE_PROFILE_INVALID") return fault.message;
    throw fault;
  }
  return "it was taken";
}

describe("profile", () => {
  test("S15: the shipped one is strict, and keeps nothing of what is internal", () => {
    expect(PROFILE).toMatchObject({ id: "partner-default", version: 1, tlp: "AMBER+STRICT" });
    const kept = [...PROFILE.types].flatMap(([type, rules]) =>
      [...rules].filter(([, rule]) => "transform" in rule).map(([at]) => `${type} ${at}`),
    );
    expect(kept.filter((at) => at.includes("/internal"))).toEqual([]);
    expect(kept.length).toBeGreaterThan(80);
  });

  test("S15: a change of one rule changes the digest, a comment does not", () => {
    const changed = PROFILE_TEXT.replace("/published: hour", "/published: day");
    expect(readProfile("p.yaml", `# more\n${PROFILE_TEXT}`).digest).toBe(PROFILE.digest);
    expect(readProfile("p.yaml", changed).digest).not.toBe(PROFILE.digest);
  });

  test.each([
    [
      "lets out what is internal",
      "/internal/title: { drop: free-text }",
      "/internal/title: keep",
      /leaves by no profile/,
    ],
    [
      "lets out all that is internal",
      "/internal/title: { drop: free-text }",
      "/internal: keep",
      /leaves by no profile/,
    ],
    ["leaves out what STIX needs", "/published: hour", "/published: { drop: exact-time }", /without \/published/],
    ["cuts one of two times", "/last_seen: hour", "/last_seen: day", /they could change their order/],
    ["names a transform that there is not", "/country: country", "/country: city", /not one of keep, hour/],
    ["names a reason that there is not", "{ drop: free-text }", "{ drop: because }", /nor \{drop: identity/],
    ["names a type that is not written", "  location:", "  malware:", /no object that is written/],
    ["writes a pointer without a slash", "/count: keep", "count: keep", /not a JSON pointer/],
    ["writes a pointer into a star", "/count: keep", "/co*nt: keep", /not a JSON pointer/],
    ["is for RED", "tlp: AMBER+STRICT", "tlp: RED", /named people/],
    ["names a TLP that there is not", "tlp: AMBER+STRICT", "tlp: WHITE", /tlp/],
    ["has a member of its own", "version: 1", "version: 1\nextra: 1", /extra/],
    ["says a thing twice", "/count: keep", "/count: keep\n    /count: hour", /unique/i],
    ["uses an alias", "/count: keep", "/count: &a keep\n    /extra: *a", /aliases/],
  ])("S15: a profile that %s is refused, with line and column", (_what, from, to, why) => {
    const message = refused(from, to);
    expect(message).toMatch(why);
    expect(message).toMatch(/^reading p\.yaml:[0-9]+:[0-9]+: /);
  });

  test("S15: the line is that of the fault", () => {
    const message = refused("/internal/title: { drop: free-text }", "/internal/title: keep");
    const line = PROFILE_TEXT.split("\n").findIndex((text) => text.includes("/internal/title")) + 1;
    expect(message).toContain(`reading p.yaml:${line}:`);
  });

  test("S15: a text of any length is refused before it is parsed", () => {
    expect(() => readProfile("p.yaml", "x".repeat(300_000))).toThrow(/longer than 262144 characters/);
    expect(() => readProfile("p.yaml", "")).toThrow(ShareError);
  });
});

describe("techniques", () => {
  test("S10: every technique that a finding can be tagged with has a name", async () => {
    const { readFile } = await import("node:fs/promises");
    const tags = (await readFile("policies/watch/detectors.yaml", "utf8")).match(/AML\.TA?[0-9.]*[0-9]/g) ?? [];
    expect(tags.length).toBeGreaterThan(5);
    expect(tags.filter((tag) => !TECHNIQUES.has(tag))).toEqual([]);
  });

  test.each([
    ["an id of another form", "AML.T0055:", "T1552:", /not the id of an ATLAS technique/],
    ["a name with markup", "Unsecured Credentials", "<b>x</b>", /name/],
  ])("S10: %s is refused with its line", (_what, from, to, why) => {
    const read = (): unknown => readTechniques("t.yaml", TECHNIQUES_TEXT.replace(from, to));
    expect(read).toThrow(why);
    expect(read).toThrow(/^reading t\.yaml:[0-9]+:/);
  });
});
