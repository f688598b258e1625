// SPDX-License-Identifier: Apache-2.0
// Where something is, under one spelling, so that one place can be compared with another at segment ends: `/data/proj` does
// not cover `/data/project`. What a server might read in two ways is refused, never repaired (identify I13).

/** UNIT: characters. */
const LOCATION_MAX = 2048;
const URI = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s;
const AUTHORITY = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]*)(?::([1-9][0-9]{0,4}))?$/;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const REFUSED = /[\u0000-\u001f\u007f-\u009f\\]/;
/** An escaped slash, dot, percent, backslash or control character: whoever decodes once more reads another place. */
const REFUSED_ESCAPE = /%(?:2f|2e|25|5c|7f|[01][0-9a-f])/i;
const ESCAPE_OR_OTHER = /%([0-9A-Fa-f]{2})?|[^A-Za-z0-9\-._~!$&'()*+,;=:@%]+/g;
const UNRESERVED = /[A-Za-z0-9._~-]/;
const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ["http", "80"],
  ["https", "443"],
  ["ws", "80"],
  ["wss", "443"],
]);

/**
 * The one spelling of a place: a URI with `//` (scheme and host in lower case, no default port, unreserved escapes decoded
 * once), or a path. `undefined` for what is refused: userinfo, dot segments, empty segments, backslashes, control characters,
 * escaped slashes, dots or percents, a host that is not ASCII.
 * @param options.area a place that covers others, which has no query and no fragment; of any other place they are left away
 */
export function normalizeLocation(text: string, options: { readonly area: boolean }): string | undefined {
  if (text === "" || text.length > LOCATION_MAX || REFUSED.test(text) || !text.isWellFormed()) return undefined;
  const uri = URI.exec(text);
  return uri === null ? normalizePath(text) : normalizeUri(uri, options.area);
}

/** Whether one normalised place lies in another, or is it. */
export function isWithin(place: string, area: string): boolean {
  return place === area || place.startsWith(area.endsWith("/") ? area : `${area}/`);
}

/**
 * The URI of what lies at a path below a protected resource; the resource itself for an empty path.
 * @param path raw names with `/` between them, nothing escaped
 * @returns `undefined` for a path that no grant can name
 */
export function locationBelow(resource: string, path: string): string | undefined {
  const escaped = path.split("/").map((name) => name.replaceAll(/[%?#]/g, encodeURIComponent));
  return normalizeLocation(path === "" ? resource : `${resource}/${escaped.join("/")}`, { area: true });
}

function normalizeUri(
  [, scheme = "", authority = "", path = "", ...rest]: RegExpExecArray,
  area: boolean,
): string | undefined {
  if (area && rest.some((part) => part !== undefined)) return undefined;
  const kind = scheme.toLowerCase();
  const origin = normalizeAuthority(kind, authority);
  const segments = path === "" || path === "/" ? [] : path.slice(1).split("/").map(normalizeSegment);
  return origin === undefined || segments.includes(undefined) ? undefined : [origin, ...segments].join("/");
}

function normalizeAuthority(scheme: string, authority: string): string | undefined {
  const [, host, port] = AUTHORITY.exec(authority) ?? [];
  if (host === undefined || (host === "" && scheme !== "file")) return undefined;
  const suffix = port === undefined || DEFAULT_PORTS.get(scheme) === port ? "" : `:${port}`;
  return `${scheme}://${host.toLowerCase()}${suffix}`;
}

function normalizeSegment(segment: string): string | undefined {
  if (isDots(segment) || REFUSED_ESCAPE.test(segment)) return undefined;
  let malformed = false;
  const text = segment.replace(ESCAPE_OR_OTHER, (match: string, hex: string | undefined) => {
    if (!match.startsWith("%")) return encodeURIComponent(match);
    malformed ||= hex === undefined;
    const character = String.fromCharCode(Number.parseInt(hex ?? "", 16));
    return UNRESERVED.test(character) ? character : match.toUpperCase();
  });
  return malformed ? undefined : text;
}

/** A path has no escapes of its own: it is compared as it stands, and refused where somebody might still decode it. */
function normalizePath(text: string): string | undefined {
  if (text === "/") return text;
  const segments = text.replace(/^\//, "").split("/");
  return segments.some(isDots) || REFUSED_ESCAPE.test(text) ? undefined : text;
}

function isDots(segment: string): boolean {
  return segment === "" || segment === "." || segment === "..";
}
