// SPDX-License-Identifier: Apache-2.0
// Strict form bodies: what a lenient parser would mend or choose between is refused (RFC 6749 section 3.2).

/** UNIT: bytes. */
export const FORM_MAX_BYTES: number = 64 * 1024;
/** Parameters of one request. */
export const FORM_MAX_PARAMETERS = 64;

/** Names and every value each came with; `undefined` where the body is no form, or too large. */
export function parseForm(body: string): ReadonlyMap<string, readonly string[]> | undefined {
  if (Buffer.byteLength(body) > FORM_MAX_BYTES) return undefined;
  const pairs = body === "" ? [] : body.split("&");
  if (pairs.length > FORM_MAX_PARAMETERS) return undefined;
  const form = new Map<string, readonly string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    const name = decode(at === -1 ? pair : pair.slice(0, at));
    const value = decode(at === -1 ? "" : pair.slice(at + 1));
    if (name === undefined || name === "" || value === undefined) return undefined;
    form.set(name, [...(form.get(name) ?? []), value]);
  }
  return form;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined; // a bad escape, or bytes that are not UTF-8
  }
}
