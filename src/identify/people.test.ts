// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SESSIONS_MAX, SETUP_LIFE_MS } from "./people.ts";
import { tables } from "./schema.ts";
import { secretHash } from "./secret-file.ts";
import { ACT, openWorld, type World } from "./testing/world.ts";

const cookieOf = (setCookie: string): string => setCookie.split(";")[0] ?? "";

const oldCookie = (i: number): string => `__Host-bailiwick=old-${i}`;

describe("people", () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });
  const people = () => world.identify.people;
  const newLink = async (): Promise<string> => {
    const { link } = await people().setupLink(world.owner, (token) => `https://gate.example/setup#${token}`);
    return link.slice(link.indexOf("#") + 1);
  };
  const signIn = async (): Promise<string> => {
    const opened = await people().openSession(await newLink());
    if ("refused" in opened) throw new Error("refused");
    return opened.setCookie;
  };
  const file = () => path.join(world.dir, "setup-link");

  it("I50: the link is in a 0600 file, its token nowhere, and it opens one session", async () => {
    const token = await newLink();
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await readFile(file(), "utf8")).toBe(`https://gate.example/setup#${token}\n`);
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(JSON.stringify(await tables(world.store.read).selectFrom("id_setup").selectAll().execute())).not.toContain(
      token,
    );
    const opened = await people().openSession(token);
    expect(opened).toMatchObject({ session: { person: world.owner } });
    await expect(stat(file())).rejects.toMatchObject({ code: "ENOENT" });
  });
  it("I50: a token that was used, is late, was replaced, or never was, is gone", async () => {
    const used = await newLink();
    await people().openSession(used);
    const replaced = await newLink();
    const late = await newLink();
    world.clock.advance(SETUP_LIFE_MS);
    for (const token of [used, replaced, late, "", "x"])
      expect(await people().openSession(token)).toEqual({ refused: "gone" });
  });
  it("I50: a token works until its last millisecond", async () => {
    const token = await newLink();
    world.clock.advance(SETUP_LIFE_MS - 1);
    expect(await people().openSession(token)).toHaveProperty("session");
  });
  it("I50: of two that come at once, one gets in", async () => {
    const token = await newLink();
    const both = await Promise.all([people().openSession(token), people().openSession(token)]);
    expect(both.filter((o) => "session" in o)).toHaveLength(1);
  });
  it("I52: the cookie is opaque, not for scripts, not for other sites, and only on https bound to the host", async () => {
    expect(await signIn()).toMatch(
      /^__Host-bailiwick=[A-Za-z0-9_-]{43}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    await using plain = await openWorld("http://localhost:7400");
    const { link } = await plain.identify.people.setupLink(plain.owner, (token) => token);
    const opened = await plain.identify.people.openSession(link);
    expect("setCookie" in opened ? opened.setCookie : "").toMatch(
      /^bailiwick=[A-Za-z0-9_-]{43}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });
  it("I52: a session is found by its cookie, survives a restart, and is stored hashed", async () => {
    const cookie = cookieOf(await signIn());
    expect(people().session(`theme=dark; ${cookie}; x=y`)).toMatchObject({ person: world.owner });
    const stored = JSON.stringify(await tables(world.store.read).selectFrom("id_session").selectAll().execute());
    expect(stored).not.toContain(cookie.split("=")[1]);
    const again = await world.restart();
    expect(again.people.session(cookie)).toMatchObject({ person: world.owner });
  });
  it("I52: no cookie, another cookie, another name: no session", async () => {
    const cookie = cookieOf(await signIn());
    for (const header of [
      undefined,
      "",
      "__Host-bailiwick=",
      "__Host-bailiwick=x",
      cookie.replace("__Host-", ""),
      `x${cookie}`,
    ]) {
      expect(people().session(header)).toBeUndefined();
    }
  });
  it("I52: a session ends by time, by sign-out, and with its person", async () => {
    const first = cookieOf(await signIn());
    const second = cookieOf(await signIn());
    const { setCookie } = await people().closeSession(first);
    expect(setCookie).toMatch(/^__Host-bailiwick=; Max-Age=0; /);
    expect([people().session(first), people().session(second)]).toMatchObject([undefined, { person: world.owner }]);
    await people().closeSession(first);
    const suspended = world.identify.registry.suspend(world.owner, ACT);
    expect(people().session(second)).toBeUndefined();
    await suspended;
    await world.identify.registry.resume(world.owner, ACT);
    expect(people().session(second)).toBeUndefined();
    world.clock.advance(1);
    const third = cookieOf(await signIn());
    expect(people().session(third)).toBeDefined();
    world.clock.advance(3_599_999);
    expect(people().session(third)).toBeDefined();
    world.clock.advance(1);
    expect(people().session(third)).toBeUndefined();
  });
  it("L15: a session is an entry before the cookie is given", async () => {
    await signIn();
    expect(world.recorder.entries.map((e) => e.draft)).toMatchObject([
      { type: "event", name: "session.opened", by: world.owner },
    ]);
    const token = await newLink();
    world.recorder.fails = true;
    await expect(people().openSession(token)).rejects.toThrow("the disk is full");
  });
  it("I52: one session more than there may be ends the oldest", async () => {
    const expires = world.clock.now() + 1000;
    const rows = Array.from({ length: SESSIONS_MAX }, (_, i) => ({
      hash: secretHash(`old-${i}`),
      person: world.owner,
      opened: world.clock.now(),
      expires: expires + i,
    }));
    await world.store.tx("fill", (db) => tables(db).insertInto("id_session").values(rows).execute());
    const again = await world.restart();
    expect([again.people.session(oldCookie(0)), again.people.session(oldCookie(1))]).toMatchObject([{}, {}]);
    const { link } = await again.people.setupLink(world.owner, (token) => token);
    await again.people.openSession(link);
    expect([again.people.session(oldCookie(0)), again.people.session(oldCookie(1))]).toMatchObject([undefined, {}]);
    const { n } = await tables(world.store.read)
      .selectFrom("id_session")
      .select((eb) => eb.fn.countAll<number>().as("n"))
      .executeTakeFirstOrThrow();
    expect(n).toBe(SESSIONS_MAX);
  });
  it("I50: a link for somebody who may not act opens nothing", async () => {
    const token = await newLink();
    await world.identify.registry.suspend(world.owner, ACT);
    expect(await people().openSession(token)).toEqual({ refused: "gone" });
  });
  it("the command's token is in a 0600 file, new at every start, gone at the end", async () => {
    const cli = path.join(world.dir, "cli-token");
    const token = (await readFile(cli, "utf8")).trim();
    expect((await stat(cli)).mode & 0o777).toBe(0o600);
    expect([
      world.identify.checkCliToken(token),
      world.identify.checkCliToken(`${token}x`),
      world.identify.checkCliToken(""),
    ]).toEqual([true, false, false]);
    const again = await world.restart();
    expect(again.checkCliToken(token)).toBe(false);
    await again.close();
    await expect(stat(cli)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
