// SPDX-License-Identifier: Apache-2.0
// Secrets that need no list of providers (protect P9): private keys by their first line alone, tokens that say what they
// are, credentials in URLs, and whatever somebody wrote after "password". Nothing is ever tried out online.
import type { Detector, Found } from "./detector.ts";
import { ASSIGNS, KEY, NAMED } from "./triggers.ts";

const PRIVATE_KEY = /-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----/g;
/** Lines of base64, broken by line ends or by their escapes. */
const KEY_BODY = /^(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{16,})*/;
const JWT = /(?<![A-Za-z0-9_-])(eyJ[A-Za-z0-9_-]{8,})\.([A-Za-z0-9_-]{2,})(?:\.[A-Za-z0-9_-]*){1,4}/g;
const URL_CREDENTIALS = /(?<![A-Za-z0-9])[a-z][a-z0-9+.-]{1,20}:\/\/([^\s/?#@:"'<>]{0,256}:[^\s/?#"'<>]{1,256})@/gi;
const BEARER_WORD = /bearer[ \t]/i;
const BEARER = /(?<![\p{L}\p{N}])bearer[ \t]+([A-Za-z0-9._~+/=-]{20,4096})/giu;
/** A key that a provider issues, by its prefix, whatever the length of its body. */
const PREFIXED =
  /(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[A-Z0-9]{12,}|gh[oprsu]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|glpat-[A-Za-z0-9_-]{16,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{20,}|[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|AIza[A-Za-z0-9_-]{30,}|npm_[A-Za-z0-9]{30,}|hf_[A-Za-z0-9]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})/g;
/** Names after which a person's password stands, in the default languages; short ones only as whole words. */
const PASSWORD_NAME =
  "password|passwd|pass ?phrase|passcode|mot de passe|passwort|kennwort|contrase[nñ]a|palavra passe|wachtwoord|" +
  "(?<!\\p{L})(?:pwd|mdp|clave|parola|senha|has[lł]o)";
/** Names after which a token stands. */
const TOKEN_NAME =
  "token|secret|api ?key|access ?key|secret ?key|private ?key|client ?secret|auth ?key|signing ?key|encryption ?key|" +
  "credentials?|authorization|(?<!\\p{L})(?:jeton|geheimnis|segreto|segredo|secreto|geheim|sekret)";
const SECRET_NAME = `(?:(${PASSWORD_NAME})|(?:${TOKEN_NAME}))`;
const VALUE = "(?:([\"'])([^\"'\\r\\n]{4,256})\\2?|([^\\s\"',;]{4,256}))";
const ASSIGNMENT = new RegExp(
  `${SECRET_NAME.replaceAll(" ", "[ _.-]")}["'\\]]{0,2}[ \\t]{0,3}(?::=|=>|[:=])[ \\t]{0,3}${VALUE}`,
  "giu",
);
/** What an assignment has before its `:` or `=`, and how far back that is at most. */
const ASSIGNED = new RegExp(`${SECRET_NAME.replaceAll(" ", "[ _.-]")}["'\\]]{0,2}[ \\t]{0,3}$`, "iu");
const ASSIGNED_UNITS = 64;
const NAME_IS_SECRET = new RegExp(`${SECRET_NAME}$`, "u");

/** UNIT: bits for each character. */
const TOKEN_ENTROPY = 3.5;
const PASSWORD_LENGTH = 8;
const PLACEHOLDER =
  /^(?:<.*>|\$\{.*\}|\{\{.*\}\}|\[masked .*\]|[*x.•_-]+|(?:true|false|null|none|undefined|redacted))$/i;

export const secrets: Detector = {
  name: "secrets",
  needs: ASSIGNS | KEY | NAMED,
  find({ text, around }) {
    return [
      ...(text.includes("-----BEGIN") ? privateKeys(text) : []),
      ...(text.includes("eyJ") ? jwts(text) : []),
      ...(text.includes("://") ? captures(text, URL_CREDENTIALS, "url-credentials") : []),
      ...(BEARER_WORD.test(text) ? captures(text, BEARER, "secret") : []),
      ...captures(text, PREFIXED, "secret"),
      ...(mayAssign(text) ? assignments(text) : []),
      ...named(text, around.lastName),
    ];
  },
};

/** Whether a member of that name holds a secret. @param name - folded */
export function namesSecret(name: string): boolean {
  return NAME_IS_SECRET.test(name);
}

/** From its first line to its last, or over all that looks like its body. */
function privateKeys(text: string): readonly Found[] {
  return [...text.matchAll(PRIVATE_KEY)].map(({ 0: line, 1: name, index: start }) => {
    const last = `-----END ${name ?? ""}-----`;
    const body = start + line.length;
    const at = text.indexOf(last, body);
    const end = at === -1 ? body + (KEY_BODY.exec(text.slice(body))?.[0].length ?? 0) : at + last.length;
    return { type: "private-key", start, end, score: 1, evidence: ["pattern"], value: text.slice(start, end) };
  });
}

/** A JWT's first part is base64url of a JSON object (RFC 7515 section 3.1); an unsigned or encrypted one counts too. */
function jwts(text: string): readonly Found[] {
  const found: Found[] = [];
  for (const { 0: value, 1: header = "", index: start } of text.matchAll(JWT)) {
    if (!Buffer.from(header, "base64url").toString("latin1").startsWith('{"')) continue;
    found.push({ type: "jwt", start, end: start + value.length, score: 1, evidence: ["pattern"], value });
  }
  return found;
}

/** What the first group of a pattern holds, or all of the match if it has no group. */
function captures(text: string, pattern: RegExp, type: string): readonly Found[] {
  return [...text.matchAll(pattern)].map((match) => {
    const value = match[1] ?? match[0];
    const start = match.index + match[0].indexOf(value);
    return { type, start, end: start + value.length, score: 1, evidence: ["pattern"], value };
  });
}

/** Whether {@link ASSIGNMENT} can find anything: tried only before each `:` and `=`, of which there are few. */
function mayAssign(text: string): boolean {
  for (const sign of [":", "="]) {
    for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1))
      if (ASSIGNED.test(text.slice(Math.max(0, at - ASSIGNED_UNITS), at))) return true;
  }
  return false;
}

function assignments(text: string): readonly Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(ASSIGNMENT)) {
    const value = match[3] ?? match[4] ?? "";
    if (!isSecret(value, match[1] !== undefined)) continue;
    const start = match.index + match[0].lastIndexOf(value);
    found.push({ type: "secret", start, end: start + value.length, score: 0.9, evidence: ["context"], value });
  }
  return found;
}

/** The whole value of a member that is called `password` and the like. */
function named(text: string, name: string): readonly Found[] {
  const match = NAME_IS_SECRET.exec(name);
  if (match === null || !isSecret(text.trim(), match[1] !== undefined)) return [];
  return [{ type: "secret", start: 0, end: text.length, score: 0.9, evidence: ["key"], value: text }];
}

function isSecret(value: string, isPassword: boolean): boolean {
  if (PLACEHOLDER.test(value) || /\s/.test(value)) return false;
  if (isPassword && isMixed(value)) return true;
  return value.length >= PASSWORD_LENGTH && entropy(value) >= TOKEN_ENTROPY;
}

/** People choose passwords of little entropy; letters together with digits or signs are no ordinary word. */
function isMixed(value: string): boolean {
  return value.length >= PASSWORD_LENGTH && /\p{L}/u.test(value) && /[^\p{L}\s]/u.test(value);
}

/** Shannon entropy of the characters, in bits for each. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  const letters = Array.from(value);
  for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / letters.length) * Math.log2(n / letters.length), 0);
}
