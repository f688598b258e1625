// SPDX-License-Identifier: Apache-2.0
// What is observed and what is enforced, in the words of `status`: it is said on every line as long as anything is observed.
import { formatInstant, type Instant, type Json, type Mode } from "../core/index.ts";
import { ALL, mayObserve, type ServerRelease } from "../decide/index.ts";

/** UNIT: ms. So long before observing ends, it is said as a warning. */
const SOON_MS: number = 7 * 24 * 60 * 60_000;
const DAY_MS: number = 24 * 60 * 60_000;

/** Over all servers; `mixed` where some calls are observed and others are enforced. */
export type StatusMode = Mode | "mixed";

/** @param first - what a server begins with: it stands where there is none yet */
export function modeOfAll(releases: readonly ServerRelease[], first: Mode, now: Instant): StatusMode {
  if (releases.length === 0) return first;
  const modes = new Set(releases.map((release) => modeOfServer(release, now)));
  const [only] = modes;
  return modes.size === 1 && only !== undefined ? only : "mixed";
}

/** Of one server. */
export function modeOfServer(release: ServerRelease, now: Instant): StatusMode {
  if (release.enforced >= ALL || !mayObserve(release, now)) return "enforce";
  return release.enforced === 0 ? "observe" : "mixed";
}

/** Members of a server's line: `enforced` is in percent of the tasks. */
export function modeMembers(release: ServerRelease | undefined, now: Instant): readonly (readonly [string, Json])[] {
  const mode = release === undefined ? "enforce" : modeOfServer(release, now);
  if (release?.until === undefined || mode === "enforce") return [["mode", mode]];
  return [
    ["mode", mode],
    ["enforced", release.enforced],
    ["observedUntil", formatInstant(release.until)],
  ];
}

/** What somebody has to know of what is not enforced, and of what became so by itself. */
export function modeWarnings(releases: readonly ServerRelease[], now: Instant): readonly string[] {
  return releases.flatMap((release) => {
    const { server, until, ended, by, enforced } = release;
    if (until === undefined) return [];
    const day = formatInstant(until).slice(0, 10);
    if (ended || now >= until) {
      return by !== "system"
        ? []
        : [`${server} was observed until ${day} and is enforced since: ${confirm(server)} confirms it`];
    }
    if (enforced >= ALL) return [];
    const left = until - now;
    if (left > SOON_MS) return [`${server} is observed until ${day}: only what is always refused is refused`];
    const days = Math.ceil(left / DAY_MS);
    return [
      `${server} is observed for ${days} more days, until ${day}; then it is enforced: npx bailiwick policy observe`,
    ];
  });
}

function confirm(server: string): string {
  return `npx bailiwick policy observe enforce ${server}`;
}
