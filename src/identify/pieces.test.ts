// SPDX-License-Identifier: Apache-2.0
// The small parts: what is read, normalised, remembered and forgotten.
import { createSecretKey } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fakeClock, fakeLog, fakeRandom } from "../core/testing/system.ts";
import { tokenHash } from "./access-token.ts";
import { FORM_MAX_BYTES, FORM_MAX_PARAMETERS, parseForm } from "./form.ts";
import { readJwt } from "./jwt.ts";
import { CallerKeys, readPublicJwk } from "./keys.ts";
import { Lru } from "./lru.ts";
import { NONCE_MAX_AGE_MS, Nonces } from "./nonce.ts";
import { isSecret, newSecret } from "./secret-file.ts";
import { Seen } from "./seen.ts";
import { Tally } from "./tally.ts";
import { signJwt, testKey } from "./testing/jwt.ts";
import { normalizeUrl, wellKnownPath } from "./url.ts";

const key = testKey();
const read = (text: string) => readJwt(text, { embedsKey: false });

const sized = (bytes: number): string => signJwt({ alg: "ES256" }, { pad: "x".repeat(bytes) }, key);
const signatureOf = (jwt: string): Buffer => Buffer.from(jwt.slice(jwt.lastIndexOf(".") + 1), "base64url");
const parameters = (n: number): string => Array.from({ length: n }, (_, i) => `p${i}=1`).join("&");
/** As one text each, so that two lists of pairs compare in any order. */
const texts = (pairs: Iterable<readonly string[]>): string[] => [...pairs].map((p) => JSON.stringify(p)).toSorted();

describe("JWTs before any library", () => {
  it("I18: header and payload are read, the type without its prefix and case", () => {
    const jwt = read(signJwt({ alg: "ES256", typ: "Application/AT+JWT" }, { sub: "x" }, key));
    expect(jwt).toMatchObject({ alg: "ES256", typ: "at+jwt", payload: { sub: "x" } });
  });
  it.each([
    ["a member twice in the header", '{"alg":"none","alg":"ES256"}', "{}"],
    ["a member twice in the payload", '{"alg":"ES256"}', '{"sub":"a","sub":"b"}'],
    ["a member twice, one of them escaped", '{"alg":"ES256"}', '{"sub":"a","s\\u0075b":"b"}'],
    ["no JSON", "alg", "{}"],
    ["no object", "[]", "{}"],
    ["a payload that is text", '{"alg":"ES256"}', '"text"'],
    ["no alg", "{}", "{}"],
    ["an alg that is no text", '{"alg":1}', "{}"],
    ["a typ that is no text", '{"alg":"ES256","typ":1}', "{}"],
    ["crit", '{"alg":"ES256","crit":["exp"]}', "{}"],
    ["b64", '{"alg":"ES256","b64":false}', "{}"],
    ["jku", '{"alg":"ES256","jku":"https://evil.example"}', "{}"],
    ["x5u", '{"alg":"ES256","x5u":"https://evil.example"}', "{}"],
    ["x5c", '{"alg":"ES256","x5c":[]}', "{}"],
    ["a key in the header", `{"alg":"ES256","jwk":${JSON.stringify(key.jwk)}}`, "{}"],
  ])("I18: refused: %s", (_what, header, payload) => {
    expect(read(signJwt(header, payload, key))).toBeUndefined();
  });
  it("I18: 16 KiB is the end", () => {
    expect(read(sized(8000))).toBeDefined();
    expect(read(sized(13_000))).toBeUndefined();
  });
  it("I18: one spelling: no padding, no line ends, no unused bits, three parts", () => {
    const good = signJwt({ alg: "ES256" }, { a: 1 }, key);
    expect(read(good)).toBeDefined();
    const last = good.at(-1) ?? "";
    const twin = good.slice(0, -1) + String.fromCharCode(last.charCodeAt(0) + 1);
    expect(signatureOf(twin)).toEqual(signatureOf(good));
    for (const bad of [twin, `${good}=`, `${good}\n`, ` ${good}`, `${good}.`, good.slice(good.indexOf(".") + 1), ""]) {
      expect(read(bad)).toBeUndefined();
    }
  });
  it("P4: any text is read or refused, never thrown on", () => {
    fc.assert(
      fc.property(fc.string(), fc.json(), fc.json(), (text, header, payload) => {
        read(text);
        const jwt = read(signJwt(header, payload, key));
        expect(jwt === undefined || typeof jwt.alg === "string").toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe("callers' keys", () => {
  it("I26: thumbprint and token hash of RFC 9449's own examples", async () => {
    const jwk = readPublicJwk({
      kty: "EC",
      x: "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
      y: "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
      crv: "P-256",
    });
    const imported = jwk === undefined ? undefined : await new CallerKeys().import(jwk);
    expect(imported?.jkt).toBe("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    expect(tokenHash("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU")).toBe(
      "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo",
    );
  });
  it.each([
    ["a private member", { ...key.jwk, d: "AAAA" }],
    ["a symmetric key", { kty: "oct", k: "AAAA" }],
    ["RSA", { kty: "RSA", n: "AAAA", e: "AQAB" }],
    ["another curve", { ...key.jwk, crv: "P-384" }],
    ["another key type", { ...key.jwk, kty: "OKP" }],
    ["a short coordinate", { ...key.jwk, x: "AAAA" }],
    ["no object", "key"],
  ])("I18: refused: %s", (_what, jwk) => {
    expect(readPublicJwk(jwk)).toBeUndefined();
  });
  it("I18: a point that is not on the curve is no key", async () => {
    const jwk = readPublicJwk({ ...key.jwk, y: key.jwk["x"] ?? "" });
    expect(jwk).toBeDefined();
    expect(jwk === undefined ? "" : await new CallerKeys().import(jwk)).toBeUndefined();
  });
});

describe("addresses", () => {
  it.each([
    ["HTTPS://Gate.Example:443/mcp/files?x=1#y", "https://gate.example/mcp/files"],
    ["https://gate.example", "https://gate.example/"],
    ["https://gate.example/a/../b/./c", "https://gate.example/b/c"],
    ["https://gate.example/%7euser/%2f", "https://gate.example/~user/%2F"],
    ["http://localhost:7400/mcp", "http://localhost:7400/mcp"],
  ])("I26: %s is %s", (given, expected) => {
    expect(normalizeUrl(given)).toBe(expected);
  });
  it.each([
    "",
    "gate.example/x",
    "ftp://gate.example/",
    "https://user@gate.example/",
    "https:\\\\gate.example\\x",
    " https://gate.example/",
  ])("I26: `%s` is no address", (given) => {
    expect(normalizeUrl(given)).toBeUndefined();
  });
  it("I26: normalising twice changes nothing", () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        const once = normalizeUrl(url);
        expect(once === undefined ? undefined : normalizeUrl(once)).toBe(once);
      }),
    );
  });
  it("I46: the well-known part stands between host and path", () => {
    expect(wellKnownPath("x", "https://gate.example/mcp/files")).toBe("/.well-known/x/mcp/files");
    expect(wellKnownPath("x", "https://gate.example")).toBe("/.well-known/x");
  });
});

describe("forms", () => {
  it("I19: names and values come back decoded", () => {
    expect(parseForm("a=1&b=x+y%20z&c&a=2&%C3%A9=%2B")).toEqual(
      new Map([
        ["a", ["1", "2"]],
        ["b", ["x y z"]],
        ["c", [""]],
        ["é", ["+"]],
      ]),
    );
    expect(parseForm("")).toEqual(new Map());
  });
  it.each(["a=%", "a=%zz", "a=%ff", "=1", "a=1&&b=2"])("I19: `%s` is malformed", (body) => {
    expect(parseForm(body)).toBeUndefined();
  });
  it("I19: size and number of parameters have an end", () => {
    expect(parseForm(`a=${"x".repeat(FORM_MAX_BYTES - 2)}`)).toBeDefined();
    expect(parseForm(`a=${"x".repeat(FORM_MAX_BYTES)}`)).toBeUndefined();
    expect(parseForm(parameters(FORM_MAX_PARAMETERS))?.size).toBe(FORM_MAX_PARAMETERS);
    expect(parseForm(parameters(FORM_MAX_PARAMETERS + 1))).toBeUndefined();
  });
  it("I19: what URLSearchParams writes is read as it was", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ minLength: 1, unit: "grapheme" }), fc.string({ unit: "grapheme" })), {
          maxLength: 20,
        }),
        (pairs) => {
          const form = parseForm(new URLSearchParams(pairs).toString());
          const flat = [...(form ?? [])].flatMap(([name, values]) => values.map((value) => [name, value]));
          expect(texts(flat)).toEqual(texts(pairs));
        },
      ),
    );
  });
});

describe("nonces", () => {
  const secret = createSecretKey(Buffer.alloc(32, 1));
  it("I27: a nonce is fresh for 60 seconds, and only where it was made", () => {
    const clock = fakeClock();
    const nonces = new Nonces(secret, { clock, random: fakeRandom(1) });
    const nonce = nonces.fresh();
    expect(nonces.isFresh(nonce)).toBe(true);
    expect(new Nonces(secret, { clock, random: fakeRandom(2) }).isFresh(nonce)).toBe(false);
    expect(new Nonces(createSecretKey(Buffer.alloc(32, 2)), { clock, random: fakeRandom(1) }).isFresh(nonce)).toBe(
      false,
    );
    clock.advance(NONCE_MAX_AGE_MS);
    expect(nonces.isFresh(nonce)).toBe(true);
    clock.advance(1);
    expect(nonces.isFresh(nonce)).toBe(false);
  });
  it("I27: a stepped wall clock changes nothing", () => {
    const clock = fakeClock();
    const nonces = new Nonces(secret, { clock, random: fakeRandom(1) });
    const nonce = nonces.fresh();
    clock.step(-3_600_000);
    expect(nonces.isFresh(nonce)).toBe(true);
    clock.step(7_200_000);
    expect(nonces.isFresh(nonce)).toBe(true);
  });
  it("I27: one second's callers share a nonce; each that was given out is fresh for as long as the first", () => {
    const clock = fakeClock();
    const nonces = new Nonces(secret, { clock, random: fakeRandom(1) });
    const given = [0, 999, 1, 1000, 1000].map((ms) => {
      clock.advance(ms);
      return nonces.fresh();
    });
    expect(new Set(given).size).toBe(4);
    expect(given[1]).toBe(given[0]);
    expect(given.map((nonce) => nonces.isFresh(nonce))).toEqual([true, true, true, true, true]);
    clock.advance(NONCE_MAX_AGE_MS - 2999);
    expect(given.map((nonce) => nonces.isFresh(nonce))).toEqual([false, false, true, true, true]);
  });
  it("P4: any changed character is refused", () => {
    const nonces = new Nonces(secret, { clock: fakeClock(), random: fakeRandom(1) });
    const nonce = nonces.fresh();
    for (let i = 0; i < nonce.length; i++) {
      const other = nonce[i] === "A" ? "B" : "A";
      expect(nonces.isFresh(nonce.slice(0, i) + other + nonce.slice(i + 1))).toBe(false);
    }
    for (const text of ["", "A", `${nonce}A`, "é".repeat(nonce.length)]) expect(nonces.isFresh(text)).toBe(false);
  });
});

describe("memory with an end", () => {
  it("I26: a value is used once, and again only when its time is over", () => {
    const clock = fakeClock();
    const seen = new Seen(clock, { keepMs: 100, max: 10 });
    expect([seen.use("a", "1"), seen.use("a", "1"), seen.use("b", "1"), seen.use("a1", "")]).toEqual([
      "first",
      "again",
      "first",
      "first",
    ]);
    clock.advance(99);
    expect(seen.use("a", "1")).toBe("again");
    clock.advance(1);
    expect(seen.use("a", "1")).toBe("first");
  });
  it("I26: a full memory says so, and has room when the oldest has gone", () => {
    const clock = fakeClock();
    const seen = new Seen(clock, { keepMs: 100, max: 3 });
    for (const name of ["a", "b", "c"]) expect(seen.use(name)).toBe("first");
    expect(seen.use("d")).toBe("full");
    expect(seen.use("a")).toBe("again");
    clock.advance(100);
    expect(seen.use("d")).toBe("first");
  });
  it("the least recently used goes first", () => {
    const lru = new Lru<string, number>(2);
    lru.set("a", 1);
    lru.set("b", 2);
    expect(lru.get("a")).toBe(1);
    lru.set("c", 3);
    expect([lru.get("a"), lru.get("b"), lru.get("c"), lru.size]).toEqual([1, undefined, 3, 2]);
  });
  it("I42: refusals are counted exactly and told once a minute", () => {
    const clock = fakeClock();
    const log = fakeLog();
    const tally = new Tally(clock, log);
    for (let i = 0; i < 100; i++) tally.count("invalid_client", "why");
    clock.advance(60_000);
    tally.count("invalid_client", "why");
    expect(tally.totals()).toEqual({ invalid_client: 101 });
    expect(log.faults.map((f) => f.fields["count"])).toEqual([1, 100]);
  });
  it("I52: secrets are 256 bits and compared whole", () => {
    const [a, b] = [newSecret(fakeRandom(1)), newSecret(fakeRandom(2))];
    expect(Buffer.from(a, "base64url")).toHaveLength(32);
    expect([isSecret(a, a), isSecret(b, a), isSecret("", a), isSecret(`${a}x`, a)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
