// SPDX-License-Identifier: Apache-2.0
// One spelling for one address, as RFC 9449 section 4.3 asks for `htu`: syntax- and scheme-based normalisation of RFC
// 3986 sections 6.2.2 and 6.2.3, query and fragment left away.

const UNRESERVED = /[A-Za-z0-9._~-]/;

/** `undefined` where the text is no plain http or https URL. */
export function normalizeUrl(text: string): string | undefined {
  // the parser lowers scheme and host, drops the default port and resolves dot segments
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return undefined;
  if (url.username !== "" || url.password !== "" || /[\s\\]/.test(text)) return undefined;
  const path = url.pathname.replace(/%[0-9A-Fa-f]{2}/g, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return UNRESERVED.test(character) ? character : escape.toUpperCase();
  });
  return `${url.origin}${path}`;
}

/** Puts `/.well-known/<name>` between host and path (RFC 8414 section 3.1, RFC 9728 section 3.1). */
export function wellKnownPath(name: string, url: string): string {
  const { pathname } = new URL(url);
  return `/.well-known/${name}${pathname === "/" ? "" : pathname}`;
}
