// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UNLABELLED as SOURCE } from "../inspect.ts";
import { found, testInspector } from "../testing/world.ts";
import { ID_ROWS } from "./ids.data.ts";

const inspector = testInspector();
const types = async (text: string): Promise<readonly string[]> => (await found(inspector, text)).map((h) => h.type);

/** Valid numbers by document: published examples of the authorities, or made to pass their checks. */
const VALID: Readonly<Record<string, string>> = {
  "FR NIR": "2 95 10 99 126 111 93",
  "DE Steuer-ID": "36 574 261 809",
  "ES DNI": "54362315-K",
  "ES NIE": "X-2482300-W",
  "IT codice fiscale": "RCCMNL83S18D969H",
  "NL BSN": "1112.22.333",
  "PL PESEL": "44051401359",
  "BE NISS": "85.07.30-033.28",
  "PT cartão de cidadão": "00000000 0 ZZ4",
  "PT NIF": "501 964 843",
  "GB NINO": "HH 01 02 03 D",
  "GB NHS number": "943 476 5919",
  "US SSN": "536-90-4399",
  "CH AHV": "756.9217.0769.85",
  "BR CPF": "390.533.447-05",
  "IN Aadhaar": "2341 2341 2346",
  "JP My Number": "1234 5678 9018",
  "SG NRIC": "S1234567D",
};
const UNCHECKED = new Set(["GB NINO", "US SSN"]);

describe.each(ID_ROWS.map((row) => [`${row.jurisdiction} ${row.name}`, row] as const))("P8: %s", (name, row) => {
  const valid = VALID[name] ?? "";
  const words = row.words.split(",").map((word) => word.trim());

  test("is found after each of its words", async () => {
    for (const word of words) {
      const hits = await found(inspector, `${word}: ${valid} thanks`);
      expect(hits, word).toContainEqual({ type: row.type, text: valid, jurisdiction: row.jurisdiction });
    }
  });

  test("is found under a member of that name, written without separators", async () => {
    const member = words[0] ?? "";
    const json = { person: { [member.replaceAll(" ", "_")]: valid.replace(/[ .-]/g, "") } };
    const { detections } = await inspector.inspect({ json }, { source: SOURCE });
    expect(detections).toContainEqual(expect.objectContaining({ type: row.type, jurisdiction: row.jurisdiction }));
  });

  test("P6: is not found without words, unless its check is strong", async () => {
    const hits = (await found(inspector, `we got ${valid} yesterday`)).filter(
      (h) => h.jurisdiction === row.jurisdiction,
    );
    expect(hits.some((h) => h.type === row.type)).toBe(row.strong === true);
  });

  if (UNCHECKED.has(name)) return;
  test("is not found with a digit that does not fit its check", async () => {
    const digits = [...valid.matchAll(/[0-9]/g)].map((match) => match.index);
    const off = digits.map((i) => `${valid.slice(0, i)}${(Number(valid[i]) + 1) % 10}${valid.slice(i + 1)}`);
    const hits = await Promise.all(off.map((text) => found(inspector, `${words[0]}: ${text}`)));
    const same = hits.flat().filter((h) => h.jurisdiction === row.jurisdiction && h.text.length === valid.length);
    expect(same.length).toBeLessThanOrEqual(1);
  });
});

test.each([
  ["4111 1111 1111 1111"],
  ["4111-1111-1111-1111"],
  ["4111111111111111"],
  ["3782 822463 10005"],
  ["5555 5555 5555 4444"],
  ["3056 930902 5904"],
  ["3530111333300000"],
])("P6: the card number %s speaks alone, also after other digits", async (number) => {
  expect(await types(`paid with ${number} today`)).toEqual(["payment-card"]);
  expect(await types(`12 34 ${number}`)).toContain("payment-card");
  expect(await types(`支払いは${number}です`)).toContain("payment-card");
});

test("P6: a number that no network issued is a card only where somebody says so", async () => {
  expect(await types("my card 3598899323053410 is lost")).toEqual(["payment-card"]);
  expect(await types("my parcel 3598899323053410 is lost")).toEqual([]);
});

test.each([
  ["a wrong check digit", "4111 1111 1111 1112"],
  ["no issuer", "0000 0000 0000 0000"],
  ["a wrong length for its issuer", "4111 1111 1111 116"],
  ["a row of a table", "41 11 11 11 11 11 11 11"],
  ["a hexadecimal digest", "ab4111111111111111cd"],
])("P6: %s is no card", async (_, text) => {
  expect(await types(text)).not.toContain("payment-card");
});

test.each([
  ["GB29 NWBK 6016 1331 9268 19", "GB"],
  ["gb29nwbk60161331926819", "GB"],
  ["DE89 3704 0044 0532 0130 00", "DE"],
  ["FR76 3000 6000 0112 3456 7890 189", "FR"],
  ["NO93 8601 1117 947", "NO"],
  ["MT84MALT011000012345MTLCAST001S", "MT"],
  ["GB29 NWBK 6016\n1331 9268 19", "GB"],
])("P6: the IBAN %s speaks alone and ends where it ends", async (number, jurisdiction) => {
  expect(await found(inspector, `to ${number} is mine`)).toContainEqual({ type: "iban", text: number, jurisdiction });
});

test("P6: an IBAN with one letter changed, of another length or of no country is none", async () => {
  for (const text of ["GB29NWBK60161331926818", "GB29NWBK6016133192681", "ZZ29NWBK60161331926819"]) {
    expect(await types(`IBAN ${text}`), text).not.toContain("iban");
  }
});

test.each([
  ["write to anna.b+x@mail.example.co.uk.", "anna.b+x@mail.example.co.uk"],
  ["<anna@example.com>", "anna@example.com"],
  ["メールはanna@example.comです", "anna@example.com"],
  ["иван@пример.рф", "иван@пример.рф"],
])("P5: an address in `%s`", async (text, address) => {
  expect(await found(inspector, text)).toEqual([{ type: "email", text: address }]);
});

test("P5: an `@` alone is no address", async () => {
  for (const text of ["@anna", "a @ b", "anna@", "anna@host", "user@-x.y"]) expect(await types(text)).toEqual([]);
});

test.each([
  ["call +33 6 12 34 56 78 now", "+33 6 12 34 56 78", "FR"],
  ["or 0033 6 12 34 56 78 by phone", "0033 6 12 34 56 78", "FR"],
  ["reach me at +1 (212) 555-0123", "+1 (212) 555-0123", "US"],
  ["téléphone 07 56 12 34 56 ou", "07 56 12 34 56", undefined],
  ["phone 020 7946 0958", "020 7946 0958", undefined],
  ["Telefon: 030 23125 000", "030 23125 000", undefined],
  ["teléfono 912 345 678", "912 345 678", undefined],
])("P5: a phone number in `%s`", async (text, number, jurisdiction) => {
  const country = jurisdiction === undefined ? {} : { jurisdiction };
  expect(await found(inspector, text)).toContainEqual({ type: "phone", text: number, ...country });
});

test("P6: digits that nobody calls a phone number are none", async () => {
  expect(await types("we sold 0207946 0958 pieces in 2026")).toEqual([]);
});

test.each([
  ["ghp_a1B2c3D4e5a1B2c3D4e5a1B2c3D4e5a1B2c3"],
  ["xoxb-123456789012-123456789012-abcdefghijklmnopqrstuvwx"],
  ["AKIAIOSFODNN7EXAMPLQ"],
  ["glpat-a1B2c3D4e5a1B2c3D4e5"],
  ["hf_a1B2c3D4e5a1B2c3D4e5a1B2c3D4e5a1B2"],
])("P9: the provider key %s is a secret whoever says otherwise", async (key) => {
  expect(await types(`use ${key} here`)).toContain("secret");
  expect(await types(`// secretlint-disable\nuse ${key} here`)).toContain("secret");
});

test("P9: an AWS secret key is covered to its last letter", async () => {
  const key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEA";
  const text = `aws_secret_access_key = ${key} and so on`;
  const { detections } = await inspector.inspect({ text }, { source: SOURCE });
  const rule = detections.find((hit) => hit.detector === "provider-keys");
  expect(text.slice(rule?.start, rule?.end)).toContain(key);
});

test.each([
  ["password: Summer2024!", "Summer2024!"],
  ["Passwort = 'geheim-123'", "geheim-123"],
  ["mot de passe : bonjour99", "bonjour99"],
  ["hasło: tajne.haslo1", "tajne.haslo1"],
  ["API_KEY=8f3a9c1e7b2d4056a1", "8f3a9c1e7b2d4056a1"],
  ["Authorization: Bearer a8Jk2mPq9Zx4Lw7Rt1Vb", "a8Jk2mPq9Zx4Lw7Rt1Vb"],
])("P9: a secret after its name in `%s`", async (text, secret) => {
  expect((await found(inspector, text)).map((h) => h.text)).toContain(secret);
});

test("P9: talk about passwords is no password", async () => {
  for (const text of ["the password is wrong", "password: required", "token: [masked secret]", "secret: ${SECRET}"]) {
    expect(await types(text), text).toEqual([]);
  }
});

test("P9: the value of a member called password is a secret, whatever signs are in it", async () => {
  const json = { user: "anna", db: { adminPassword: "pa$sw0rd" } };
  const { detections } = await inspector.inspect({ json }, { source: SOURCE });
  expect(detections).toMatchObject([{ type: "secret", path: "/db/adminPassword", evidence: ["key"] }]);
});

test("P9: a JWT, credentials in a URL, and a private key by its first line alone", async () => {
  const jwt = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from('{"sub":"a"}').toString("base64url")}.`;
  expect(await found(inspector, `got ${jwt} back`)).toContainEqual({ type: "jwt", text: jwt });
  expect(await types("see https://anna:hunter22@example.com/x")).toContain("url-credentials");
  expect(await types("-----BEGIN OPENSSH PRIVATE KEY-----")).toEqual(["private-key"]);
  const lines = "MIIEpAIBAAKCAQEA7890abcdEFGH".repeat(3);
  const key = `-----BEGIN RSA PRIVATE KEY-----\n${lines}\n${lines}\n-----END RSA PRIVATE KEY-----`;
  expect(await found(inspector, `a\n${key}\nb`)).toContainEqual({ type: "private-key", text: key });
});

const HIDERS: Readonly<Record<string, (text: string) => string>> = {
  "zero-width space": (t) => t.replace(/.(?=.)/gsu, "$&\u200b"),
  "soft hyphen": (t) => t.replace(/.(?=.)/gsu, "$&\u00ad"),
  "full width": (t) => t.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
  "no-break spaces": (t) => t.replaceAll(" ", "\u00a0"),
  "Arabic digits": (t) => t.replace(/[0-9]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 48 + 0x660)),
  percent: (t) => t.replace(/[^A-Za-z]/g, (c) => `%${c.charCodeAt(0).toString(16)}`),
  entities: (t) => t.replace(/./gsu, (c) => `&#${c.charCodeAt(0)};`),
  escapes: (t) => t.replace(/./gsu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
  base64: (t) => Buffer.from(`value ${t} and so`).toString("base64"),
  base64url: (t) => Buffer.from(`value ${t} and so`).toString("base64url"),
  "base64 after a letter": (t) => `x${Buffer.from(`value ${t} and so`).toString("base64")}`,
  "base64 in a path": (t) => `https://example.com/p/${Buffer.from(`value ${t} and so`).toString("base64url")}`,
  "base64 twice": (t) => Buffer.from(Buffer.from(`value ${t} and so`).toString("base64")).toString("base64"),
  "percent in base64": (t) => Buffer.from(`value ${t.replaceAll(" ", "%20")} and so`).toString("base64"),
};

describe.each(Object.entries(HIDERS))("P13: %s hides nothing", (_, hide) => {
  test.each([
    ["payment-card", "4111 1111 1111 1111"],
    ["iban", "GB29 NWBK 6016 1331 9268 19"],
    ["email", "anna@example.com"],
  ])("%s", async (type, value) => {
    const text = `see ${hide(value)} there`;
    const { detections, coverage } = await inspector.inspect({ text }, { source: SOURCE });
    expect(detections.map((hit) => hit.type)).toContain(type);
    expect(coverage["layers"]?.state).toBe("ran");
    const hit = detections.find((h) => h.type === type);
    expect(hit?.layers.length === 0 && hide(value) !== value).toBe(false);
  });
});

test("P13: what is wrapped deeper than three times is said not to have been looked at", async () => {
  let text = "value anna@example.com and so on";
  for (let i = 0; i < 4; i++) text = Buffer.from(text).toString("base64");
  const { detections, coverage, label } = await inspector.inspect({ text }, { source: SOURCE });
  expect(detections).toEqual([]);
  expect(coverage["layers"]?.state).toBe("truncated");
  expect(label.complete).toBe(false);
});

test("P2: positions count UTF-16 units of the text as it is", async () => {
  const text = "😀😀 anna@example.com";
  const { detections } = await inspector.inspect({ text }, { source: SOURCE });
  expect(detections).toMatchObject([{ start: 5, end: 21 }]);
});

test("P2: a detection holds a MAC and not the value, equal for equal values however written", async () => {
  const seen = await inspector.inspect(
    { text: "4111 1111 1111 1111 and 4111111111111111 and 5555 5555 5555 4444" },
    { source: SOURCE },
  );
  const [a, b, c] = seen.detections.map((hit) => hit.valueMac);
  expect(a).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(b).toBe(a);
  expect(c).not.toBe(a);
  expect(JSON.stringify(seen)).not.toContain("4111");
});

test("P3: no text makes inspection throw, and what it reports lies inside the text", async () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "4111 1111 1111 1111",
      "a@b.example",
      "%41",
      "&#x41;",
      "\\u0041",
      "-----BEGIN PRIVATE KEY-----",
      "\ud800",
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece), async (pieces) => {
      const text = pieces.join("");
      const { detections, coverage } = await inspector.inspect({ text }, { source: SOURCE });
      for (const hit of detections) expect(hit.start >= 0 && hit.start < hit.end && hit.end <= text.length).toBe(true);
      expect(Object.values(coverage).filter((row) => row.state === "failed")).toEqual([]);
    }),
  );
});

test("P4: texts made to be slow to look at are looked at in time", { timeout: 20_000 }, async () => {
  const long = 100_000;
  const hard = [
    "a".repeat(long),
    "1 ".repeat(long / 2),
    "4 card ".repeat(long / 7),
    "@".repeat(long),
    "a@".repeat(long / 2),
    "%41".repeat(long / 3),
  ];
  hard.push(
    "eyJ".repeat(long / 3),
    "-----BEGIN ".repeat(long / 11),
    "password:".repeat(long / 9),
    "&#x41;".repeat(long / 6),
    "x://".repeat(long / 4),
  );
  for (const text of hard) {
    const before = process.cpuUsage();
    await inspector.inspect({ text }, { source: SOURCE });
    const { user } = process.cpuUsage(before);
    expect(user, text.slice(0, 12)).toBeLessThan(4_000_000);
  }
});
