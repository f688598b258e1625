// SPDX-License-Identifier: Apache-2.0
// The one-use token of a setup link. It comes in the fragment, which no server logs and no referrer carries.

const PREFIX = "#setup=";

/** The token of the address, if there is one; afterwards the address bar and the history hold it no more. */
export function takeSetup(
  location: Pick<Location, "hash" | "pathname" | "search">,
  history: Pick<History, "replaceState">,
): string | undefined {
  if (!location.hash.startsWith(PREFIX)) return undefined;
  const setup = location.hash.slice(PREFIX.length);
  history.replaceState(null, "", `${location.pathname}${location.search}`);
  return setup === "" ? undefined : setup;
}
