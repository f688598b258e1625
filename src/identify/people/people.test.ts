// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instant, type PersonRole, parseDigest } from "../../core/index.ts";
import { tables } from "../schema.ts";
import { secretHash } from "../secret-file.ts";
import { type Authenticator, authenticator } from "../testing/authenticator.ts";
import { ACT, done, ISSUER, openWorld, type World } from "../testing/world.ts";
import { CHALLENGE_LIFE_MS } from "./challenges.ts";
import { LINK_LIFE_MS, type LinkTerms } from "./links.ts";
import { SESSIONS_MAX } from "./sessions.ts";
import type { Entered, NoEntry, Sign } from "./surface.ts";

const BROWSER = { agent: "Mozilla/5.0 (test)" };
const ADA = { name: "Ada Lovelace", jurisdiction: "GB" };
const FIRST = { kind: "join", roles: ["owner"], first: true, madeBy: "system" } as const;
const DIGEST = parseDigest(`sha256:${"ab".repeat(32)}`);
const cookieOf = (setCookie: string): string => setCookie.split(";")[0] ?? "";
const oldCookie = (i: number): string => `__Host-bailiwick=old-${i}`;

function entered(outcome: Entered | NoEntry): Entered {
  if ("refused" in outcome) throw new Error(`${outcome.refused}: ${outcome.why}`);
  return outcome;
}

describe("people", () => {
  let world: World;
  let signs: Sign[];
  beforeEach(async () => {
    world = await openWorld();
    signs = [];
    world.identify.people.watch((sign) => signs.push(sign));
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });
  const people = () => world.identify.people;
  const newLink = async (terms: LinkTerms): Promise<string> => {
    const { link } = await people().makeLink(terms, (token) => `https://gate.example/setup#${token}`);
    return link.slice(link.indexOf("#") + 1);
  };
  const demoLink = (): Promise<string> =>
    newLink({ kind: "sign-in", person: world.owner, roles: [], first: false, madeBy: "system" });
  const signIn = async (): Promise<string> => entered(await people().enter(await demoLink(), BROWSER)).setCookie;
  const file = () => path.join(world.dir, "setup-link");
  const enrol = async (key: Authenticator, terms: LinkTerms = FIRST): Promise<Entered> => {
    const token = await newLink(terms);
    const asked = await people().creation(token, ADA.name);
    if ("refused" in asked) throw new Error(asked.why);
    return entered(await people().join(token, ADA, key.create(asked.options), BROWSER));
  };
  const invite = (...roles: PersonRole[]): LinkTerms => ({ kind: "join", roles, first: false, madeBy: world.owner });

  describe("links", () => {
    it("I50: the link is in a 0600 file, its token nowhere, and it opens one session", async () => {
      const token = await demoLink();
      expect((await stat(file())).mode & 0o777).toBe(0o600);
      expect(await readFile(file(), "utf8")).toBe(`https://gate.example/setup#${token}\n`);
      expect(Buffer.from(token, "base64url")).toHaveLength(32);
      expect(JSON.stringify(await tables(world.store.read).selectFrom("id_link").selectAll().execute())).not.toContain(
        token,
      );
      expect(await people().look(token)).toMatchObject({ kind: "sign-in" });
      expect(await people().enter(token, BROWSER)).toMatchObject({ session: { person: world.owner } });
      await expect(stat(file())).rejects.toMatchObject({ code: "ENOENT" });
    });
    it("I50: a token that was used, is late, was replaced, or never was, is gone; one that was used says when", async () => {
      const used = await demoLink();
      const at = world.clock.now();
      await people().enter(used, BROWSER);
      world.clock.advance(1);
      expect(await people().enter(used, BROWSER)).toEqual({ refused: "gone", why: "used", at });
      expect(await people().look(used)).toEqual({ refused: "gone", why: "used", at });
      expect(signs.map(({ code }) => code)).toEqual(["setup-link-again", "setup-link-again"]);
      const replaced = await demoLink();
      const late = await demoLink();
      world.clock.advance(LINK_LIFE_MS);
      expect(await people().enter(late, BROWSER)).toEqual({ refused: "gone", why: "late" });
      for (const token of [replaced, "", "x"])
        expect(await people().enter(token, BROWSER)).toEqual({ refused: "gone", why: "unknown" });
    });
    it("I50: a token works until its last millisecond", async () => {
      const token = await demoLink();
      world.clock.advance(LINK_LIFE_MS - 1);
      expect(await people().enter(token, BROWSER)).toHaveProperty("session");
    });
    it("I50: of two that come at once, one gets in", async () => {
      const token = await demoLink();
      const both = await Promise.all([people().enter(token, BROWSER), people().enter(token, BROWSER)]);
      expect(both.filter((one) => "session" in one)).toHaveLength(1);
    });
    it("I50: a link for somebody who may not act opens nothing", async () => {
      const token = await demoLink();
      await world.identify.registry.suspend(world.owner, ACT);
      expect(await people().enter(token, BROWSER)).toMatchObject({ refused: "gone" });
    });
  });

  describe("passkeys", () => {
    it("I50: the first passkey makes its person, who is owner, and closes set-up", async () => {
      const other = await newLink(FIRST);
      expect(people().hasOwner()).toBe(false);
      const key = authenticator(ISSUER);
      const { session } = await enrol(key);
      expect(session.person).toMatch(/\/human\/[A-Za-z0-9_-]{22}$/);
      expect(people().rolesOf(session.person)).toEqual(["owner"]);
      expect(people().hasOwner()).toBe(true);
      expect(await people().look(other)).toMatchObject({ refused: "gone" });
      expect(await people().look(await newLink(FIRST))).toEqual({ refused: "gone", why: "closed" });
      const told = world.recorder.entries.map(({ draft }) => draft);
      expect(told).toMatchObject([
        { name: "identity.registered", by: "system", data: { id: session.person, roles: ["owner"] } },
        { name: "key.created", by: session.person, data: { purpose: "passkey", kid: key.credential } },
        { name: "session.opened", by: session.person, data: { how: "passkey" } },
      ]);
      expect(JSON.stringify(told)).not.toContain("Ada");
      expect(await people().persons()).toContainEqual(
        expect.objectContaining({ id: session.person, name: "Ada Lovelace", passkeys: 1, sessions: 1 }),
      );
    });
    it("I51: a passkey signs in without a name, survives a restart, and its challenge is good once", async () => {
      const key = authenticator(ISSUER, { counts: true });
      const { session } = await enrol(key);
      const again = await world.restart();
      const answer = key.get(again.people.request());
      expect(await again.people.signIn(answer, BROWSER)).toMatchObject({ session: { person: session.person } });
      expect(await again.people.signIn(answer, BROWSER)).toMatchObject({ refused: "passkey_refused" });
      const late = key.get(again.people.request());
      world.clock.advance(CHALLENGE_LIFE_MS);
      expect(await again.people.signIn(late, BROWSER)).toMatchObject({ refused: "passkey_refused" });
    });
    it("I51: an answer from elsewhere, without its user, for something else or by another key is refused", async () => {
      const key = authenticator(ISSUER);
      await enrol(key);
      const wrong = [
        { origin: "https://gate.example.evil" },
        { rpId: "evil" },
        { type: "webauthn.create" },
        { challenge: Buffer.alloc(32).toString("base64url") },
        { flags: 0x01 },
        { flags: 0x04 },
        { userHandle: Buffer.from("another").toString("base64url") },
      ];
      for (const change of wrong)
        expect(await people().signIn(key.get(people().request(), change), BROWSER)).toMatchObject({
          refused: "passkey_refused",
        });
      for (const answer of [undefined, {}, "x", authenticator(ISSUER).get(people().request())])
        expect(await people().signIn(answer, BROWSER)).toMatchObject({ refused: "passkey_refused" });
      expect(await people().signIn(key.get(people().request()), BROWSER)).toHaveProperty("session");
    });
    it("I51: a new passkey from elsewhere or without its user is refused, and the link is not used up", async () => {
      const token = await newLink(FIRST);
      const ask = async () => {
        const asked = await people().creation(token, "Ada");
        if ("refused" in asked) throw new Error(asked.why);
        return asked.options;
      };
      for (const change of [
        { origin: "https://evil.example" },
        { rpId: "evil" },
        { flags: 0x41 },
        { type: "webauthn.get" },
      ])
        expect(
          await people().join(token, ADA, authenticator(ISSUER).create(await ask(), change), BROWSER),
        ).toMatchObject({ refused: "passkey_refused" });
      const nameless = { name: " ", jurisdiction: "GB" };
      expect(await people().join(token, nameless, authenticator(ISSUER).create(await ask()), BROWSER)).toMatchObject({
        refused: "passkey_refused",
        why: "a person needs a name",
      });
      expect(await people().join(token, ADA, authenticator(ISSUER).create(await ask()), BROWSER)).toHaveProperty(
        "session",
      );
    });
    it("I51: a challenge for one link does not open another", async () => {
      const [mine, theirs] = [await newLink(invite("auditor")), await newLink(invite("owner"))];
      const asked = await people().creation(mine, "Eve");
      const options = "options" in asked ? asked.options : {};
      expect(await people().join(theirs, ADA, authenticator(ISSUER).create(options), BROWSER)).toMatchObject({
        refused: "passkey_refused",
      });
    });
    it("I51: a counter that does not rise is a copy; one that stays at zero is a synced passkey", async () => {
      const synced = authenticator(ISSUER);
      await enrol(synced);
      expect(await people().signIn(synced.copy().get(people().request()), BROWSER)).toHaveProperty("session");
      const counting = authenticator(ISSUER, { counts: true });
      const { session } = await enrol(counting, invite("auditor"));
      const copy = counting.copy();
      expect(await people().signIn(counting.get(people().request()), BROWSER)).toHaveProperty("session");
      expect(await people().signIn(copy.get(people().request()), BROWSER)).toMatchObject({
        refused: "passkey_refused",
      });
      expect(signs).toMatchObject([{ code: "passkey-copied", person: session.person }]);
    });
    it("I50: a person of the configuration gets a passkey by a link of their own, and keeps their name", async () => {
      const terms = { kind: "enrol", person: world.owner, roles: [], first: false, madeBy: "system" } as const;
      const { session } = await enrol(authenticator(ISSUER), terms);
      expect(session.person).toBe(world.owner);
      expect((await people().persons()).filter(({ id }) => id === world.owner)).toHaveLength(1);
    });
    it("I50: a link that the host makes for an owner takes the place of the passkeys and sessions that were lost", async () => {
      const lost = authenticator(ISSUER);
      const first = await enrol(lost);
      const terms = { kind: "enrol", person: first.session.person, roles: [], first: false, madeBy: "system" } as const;
      const again = await enrol(authenticator(ISSUER), terms);
      expect(again.session.person).toBe(first.session.person);
      expect(people().session(cookieOf(first.setCookie))).toBeUndefined();
      expect(await people().signIn(lost.get(people().request()), BROWSER)).toMatchObject({
        refused: "passkey_refused",
      });
    });
    it("L15: who joins is in the record before anything of it counts", async () => {
      const token = await newLink(FIRST);
      const asked = await people().creation(token, "Ada");
      world.recorder.fails = true;
      const answer = authenticator(ISSUER).create("options" in asked ? asked.options : {});
      await expect(people().join(token, ADA, answer, BROWSER)).rejects.toThrow("the disk is full");
      expect(people().hasOwner()).toBe(false);
    });
  });

  describe("bound assertions", () => {
    const TERMS = { purpose: "approval", digest: DIGEST, answer: "approve", nonce: "n", exp: instant(4e12) };
    it("I53: a passkey signs exactly one thing, and anybody can check it again", async () => {
      const key = authenticator(ISSUER);
      const { session } = await enrol(key);
      const bound = await people().bind(session, TERMS, key.get(people().boundOptions(session.person, DIGEST)));
      if ("refused" in bound) throw new Error(bound.why);
      expect(bound).toMatchObject({ ...TERMS, person: session.person, acr: "phr", credential: key.credential });
      expect(people().verify(bound, DIGEST)).toMatchObject({ person: session.person });
      expect((await world.restart()).people.verify(bound, DIGEST)).toMatchObject({ person: session.person });
    });
    it("I53: a signature for another thing, of another person, changed or too late is none", async () => {
      const [key, theirs] = [authenticator(ISSUER), authenticator(ISSUER)];
      const { session } = await enrol(key);
      await enrol(theirs, invite("approver"));
      const other = parseDigest(`sha256:${"cd".repeat(32)}`);
      const options = people().boundOptions(session.person, DIGEST);
      for (const [terms, answer] of [
        [TERMS, key.get(people().boundOptions(session.person, other))],
        [TERMS, key.get(people().request())],
        [TERMS, theirs.get(options)],
        [TERMS, key.get(options, { flags: 0x01 })],
        [TERMS, key.get(options, { origin: "https://evil.example" })],
        [{ ...TERMS, exp: world.clock.now() }, key.get(options)],
        [TERMS, undefined],
      ] as const)
        expect(await people().bind(session, terms, answer)).toMatchObject({ refused: "passkey_refused" });
      const bound = await people().bind(session, TERMS, key.get(options));
      if ("refused" in bound) throw new Error(bound.why);
      const { signature } = bound;
      const forged = [
        { ...bound, person: world.owner },
        { ...bound, credential: theirs.credential },
        { ...bound, signature: `${signature.slice(0, -6)}AAAAAA` },
        { ...bound, clientDataJSON: Buffer.from("{}").toString("base64url") },
        { ...bound, authenticatorData: "AA" },
        { ...bound, acr: "demo" as const },
      ];
      for (const one of forged) expect(people().verify(one, DIGEST)).toBeUndefined();
      expect(people().verify(bound, other)).toBeUndefined();
    });
  });

  describe("roles", () => {
    it("I55: an owner gives roles to others; nobody raises their own, and the last owner stays", async () => {
      const owner = (await enrol(authenticator(ISSUER))).session.person;
      const joined = await enrol(authenticator(ISSUER), invite("auditor"));
      const other = joined.session.person;
      expect(people().rolesOf(other)).toEqual(["auditor"]);
      const act = (by: typeof owner) => ({ by, because: "a test" });
      expect(await people().setRoles(owner, ["owner", "approver"], act(owner))).toMatchObject({ no: "move_refused" });
      expect(await people().setRoles(owner, [], act(other))).toMatchObject({ no: "move_refused" });
      expect(done(await people().setRoles(other, ["approver", "owner"], act(owner)))).toEqual(["approver", "owner"]);
      // a change of role ends the sessions that were opened before it
      expect(people().session(cookieOf(joined.setCookie))).toBeUndefined();
      expect(done(await people().setRoles(owner, ["approver"], act(other)))).toEqual(["approver"]);
      expect(await people().setRoles(other, [], act(owner))).toMatchObject({ no: "move_refused" });
      expect(await world.identify.registry.suspend(other, ACT)).toMatchObject({ no: "move_refused" });
      expect(world.identify.registry.get(other)?.status).toBe("active");
      expect(await world.identify.registry.suspend(owner, ACT)).toHaveProperty("done");
      const again = await world.restart();
      expect([again.people.rolesOf(owner), again.people.rolesOf(other)]).toEqual([["approver"], ["owner", "approver"]]);
    });
    it("I55: what the configuration says of its people counts, and groups of policies beside it", () => {
      people().declare(world.owner, ["approver", "finance"]);
      expect([people().holds("finance", world.owner), people().rolesOf(world.owner)]).toEqual([true, ["approver"]]);
    });
  });

  describe("sessions", () => {
    it("I52: the cookie is opaque, not for scripts, not for other sites, and only on https bound to the host", async () => {
      expect(await signIn()).toMatch(
        /^__Host-bailiwick=[A-Za-z0-9_-]{43}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
      );
      await using plain = await openWorld("http://localhost:7400");
      const terms = { kind: "sign-in", person: plain.owner, roles: [], first: false, madeBy: "system" } as const;
      const { link } = await plain.identify.people.makeLink(terms, (token) => token);
      expect(entered(await plain.identify.people.enter(link, BROWSER)).setCookie).toMatch(
        /^bailiwick=[A-Za-z0-9_-]{43}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Strict$/,
      );
    });
    it("I52: a session is found by its cookie, survives a restart, and is stored hashed", async () => {
      const cookie = cookieOf(await signIn());
      expect(people().session(`theme=dark; ${cookie}; x=y`)).toMatchObject({ person: world.owner });
      const stored = JSON.stringify(await tables(world.store.read).selectFrom("id_session").selectAll().execute());
      expect(stored).not.toContain(cookie.split("=")[1]);
      const again = await world.restart();
      expect(again.people.session(cookie, BROWSER)).toMatchObject({ person: world.owner });
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
    it("I52: the same cookie in another browser ends the session and is told", async () => {
      const cookie = cookieOf(await signIn());
      expect(people().session(cookie, BROWSER)).toBeDefined();
      expect(people().session(cookie, { agent: "curl/8" })).toBeUndefined();
      expect(people().session(cookie, BROWSER)).toBeUndefined();
      expect(signs).toMatchObject([{ code: "session-copied", person: world.owner }]);
    });
    it("I52: a session ends by rest, and what a page asks by itself does not keep it", async () => {
      const cookie = cookieOf(await signIn());
      world.clock.advance(1_799_999);
      expect(people().session(cookie, BROWSER)).toBeDefined();
      world.clock.advance(1_799_998);
      expect(people().session(cookie, BROWSER, false)).toBeDefined();
      expect(people().session(cookie)).toBeDefined();
      world.clock.advance(2);
      expect(people().session(cookie, BROWSER)).toBeUndefined();
    });
    it("I52: a session ends by time, by sign-out, and with its person", async () => {
      const first = cookieOf(await signIn());
      const second = cookieOf(await signIn());
      const { setCookie } = people().signOut(first);
      expect(setCookie).toMatch(/^__Host-bailiwick=; Max-Age=0; /);
      expect([people().session(first), people().session(second)]).toMatchObject([undefined, { person: world.owner }]);
      const suspended = world.identify.registry.suspend(world.owner, ACT);
      expect(people().session(second)).toBeUndefined();
      await suspended;
      await world.identify.registry.resume(world.owner, ACT);
      expect(people().session(second)).toBeUndefined();
      world.clock.advance(1);
      const third = cookieOf(await signIn());
      world.clock.advance(1_799_999);
      expect(people().session(third, BROWSER)).toBeDefined();
      world.clock.advance(1_799_999);
      expect(people().session(third, BROWSER)).toBeDefined();
      world.clock.advance(2);
      expect(people().session(third, BROWSER)).toBeUndefined();
    });
    it("I52: sessions are listed without what opens them, and ended by what names them", async () => {
      const cookie = cookieOf(await signIn());
      const [session] = people().openSessions(world.owner);
      expect(session).toMatchObject({ label: BROWSER.agent });
      expect(cookie).not.toContain(session?.id);
      expect(people().endSessions(({ id }) => id === session?.id)).toBe(1);
      expect(people().session(cookie)).toBeUndefined();
    });
    it("L15: a session is an entry before the cookie is given", async () => {
      await signIn();
      expect(world.recorder.entries.map((e) => e.draft)).toMatchObject([
        { type: "event", name: "session.opened", by: world.owner },
      ]);
      const token = await demoLink();
      world.recorder.fails = true;
      await expect(people().enter(token, BROWSER)).rejects.toThrow("the disk is full");
    });
    it("I52: one session more than there may be ends the oldest", async () => {
      const now = world.clock.now();
      const rows = Array.from({ length: SESSIONS_MAX }, (_, i) => ({
        hash: secretHash(`old-${i}`),
        id: `session-${i}`,
        person: world.owner,
        credential: null,
        opened: now + i,
        seen: now + i,
        verified: null,
        expires: now + 1_000_000,
        agent: "",
        label: "",
      }));
      await world.store.tx("fill", (db) => tables(db).insertInto("id_session").values(rows).execute());
      const again = await world.restart();
      expect([again.people.session(oldCookie(0)), again.people.session(oldCookie(1))]).toMatchObject([{}, {}]);
      const terms = { kind: "sign-in", person: world.owner, roles: [], first: false, madeBy: "system" } as const;
      const { link } = await again.people.makeLink(terms, (token) => token);
      await again.people.enter(link, BROWSER);
      expect([again.people.session(oldCookie(0)), again.people.session(oldCookie(1))]).toMatchObject([undefined, {}]);
      const { n } = await tables(world.store.read)
        .selectFrom("id_session")
        .select((eb) => eb.fn.countAll<number>().as("n"))
        .executeTakeFirstOrThrow();
      expect(n).toBe(SESSIONS_MAX);
    });
  });
});
