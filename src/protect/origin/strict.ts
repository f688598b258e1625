// SPDX-License-Identifier: Apache-2.0
// Forms under which a value is the same value (protect P29): only what its type ignores without loss is ignored. Equality
// here is what grants trust, so nothing that merely looks alike may be equal.
import path from "node:path";
import { domainToASCII } from "node:url";
import { parseInstant } from "../../core/index.ts";
import { isIban } from "../detect/iban.ts";

const EMAIL = /^([^\s@<>"]{1,64})@([^\s@<>"]+\.[^\s@<>"]+)$/u;
const NUMBER = /^[+-]?[0-9]+(?:\.[0-9]+)?$/;
const HOST = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]*\p{L}$/u;
const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$/;
const PHONE = /^\+[0-9][0-9 ()-]{6,20}[0-9]$/;
const PATH = /^(?:~|\.{0,2})(?:\/[^/\0]+)+\/?$|^[^/\0\s]+(?:\/[^/\0]+)+\/?$/u;

/** Below these a value matches by chance (P33). */
const SHORTEST = 4;
const SMALLEST = 1000;

/** UNIT: UTF-16 units. Longer values are prose, whatever they look like. */
const TYPED_MAX = 2048;
/** Folders above a path that are looked up. */
const FOLDERS_MAX = 32;

/** The one form that another value must share to be the same; none for a value that would match by chance. */
export function strictForm(value: string): string | undefined {
  const text = composed(value);
  if (text.length < SHORTEST || isSmall(text)) return undefined;
  return typedForm(text) ?? `text:${text}`;
}

const ASCII = /^[\0-\x7f]*$/;

/** In composed letters (NFC), which ASCII is already, without the white space around it. */
function composed(value: string): string {
  return (ASCII.test(value) ? value : value.normalize("NFC")).trim();
}

function isSmall(text: string): boolean {
  return isNumeric(text) && /^-?[0-9]+$/.test(text) && Math.abs(Number(text)) < SMALLEST;
}

/** Whether it begins as numbers do: with a digit or a sign. */
function isNumeric(text: string): boolean {
  const first = text.charCodeAt(0);
  return (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d;
}

function typedForm(text: string): string | undefined {
  if (text.length > TYPED_MAX) return undefined;
  if (text.includes("://")) return urlForm(text);
  if (text.includes("@") && EMAIL.test(text)) return `email:${emailForm(text)}`;
  const numeric = isNumeric(text);
  if (numeric && PHONE.test(text)) return `phone:+${text.replace(/[^0-9]/g, "")}`;
  if (numeric && NUMBER.test(text)) return `number:${numberForm(text)}`;
  if (numeric && INSTANT.test(text)) return dateForm(text);
  if (text.includes("/") && PATH.test(text)) return `path:${pathForm(text)}`;
  if (!IBAN_START.test(text)) return undefined;
  const compact = text.replaceAll(" ", "");
  return isIban(compact) ? `iban:${compact}` : undefined;
}

/** Country and check digits, however they are spaced. */
const IBAN_START = /^[A-Z] *[A-Z] *[0-9] *[0-9]/;

/** The host of a URL, of an e-mail address, or of a name that is one, in lower-case ASCII (P32). */
export function hostOf(value: string): string | undefined {
  const text = composed(value);
  if (text.length > TYPED_MAX) return undefined;
  if (text.includes("://")) return urlOf(text)?.hostname;
  if (text.includes(" ")) return undefined;
  const domain = EMAIL.exec(text)?.[2] ?? text;
  return HOST.test(domain) ? domainToASCII(domain) || undefined : undefined;
}

/** What a URL of that host is looked up by, apart from every value that is no URL. */
export function siteForm(host: string): string {
  return `site:${host}`;
}

/** The folders above a path, nearest first, without the root: what a trusted one holds is trusted (P32). */
export function pathsAbove(value: string): readonly string[] {
  const text = composed(value);
  if (text.length > TYPED_MAX || !text.includes("/") || !PATH.test(text)) return [];
  const above: string[] = [];
  let at = path.posix.dirname(pathForm(text));
  for (; !ROOTS.has(at) && above.length < FOLDERS_MAX; at = path.posix.dirname(at)) above.push(`path:${at}`);
  return above;
}

const ROOTS: ReadonlySet<string> = new Set(["/", ".", "..", "~"]);

function emailForm(text: string): string {
  const at = text.lastIndexOf("@");
  return `${text.slice(0, at)}@${text.slice(at + 1).toLowerCase()}`;
}

function urlForm(text: string): string | undefined {
  const url = urlOf(text);
  return url === undefined ? undefined : `url:${url.href}`;
}

/** WHATWG URL: lower-case host, no default port, dots of the path resolved. */
function urlOf(text: string): URL | undefined {
  return URL.parse(text) ?? undefined;
}

/** By value: `+1000.50` and `1000.5` are one number. */
function numberForm(text: string): string {
  const [, sign = "", whole = "", fraction = ""] = /^([+-]?)0*([0-9]+?)(?:\.([0-9]*?)0*)?$/.exec(text) ?? [];
  return `${sign === "-" ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** By instant: `2026-12-06T09:00:00Z` and `2026-12-06T09:00:00.000Z` are one. */
function dateForm(text: string): string | undefined {
  try {
    return `date:${parseInstant(text)}`;
  } catch {
    // no instant, such as 31 April: it equals what is written the same
    return undefined;
  }
}

function pathForm(text: string): string {
  const normal = path.posix.normalize(text);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}
