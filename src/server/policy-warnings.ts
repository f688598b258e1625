// SPDX-License-Identifier: Apache-2.0
// What somebody has to know of the rules: who binds alone, what waits for a second person, what binds in place of the folder.
import { formatInstant, type Instant } from "../core/index.ts";
import { isOn } from "../decide/index.ts";
import type { Config } from "./config.ts";
import type { PolicyRoom } from "./policy-room.ts";

type Rooms = Pick<PolicyRoom, "published"> & {
  readonly policies: { readonly bundle: PolicyRoom["policies"]["bundle"] };
};

export function policyWarnings(
  { published, policies }: Rooms,
  { fourEyes, watch }: Config["policies"],
  general: { readonly digest: string } | null,
  now: Instant,
): readonly string[] {
  const { sets, releases } = published.list();
  const known = new Set(releases.map(({ digest }) => digest));
  const isReplaced = policies.bundle !== undefined && general !== null && policies.bundle.digest !== general.digest;
  return [
    ...(fourEyes || watch ? [] : ["policies.fourEyes off: one person alone may put any rules in force"]),
    ...(isReplaced ? ["the folder of the policies binds nobody: a release for everybody took its place"] : []),
    ...releases.flatMap((release) => {
      const { id, state, mode, until, unconfirmed } = release;
      const name = id.slice(0, 13);
      if (unconfirmed !== undefined)
        return [
          `release ${name} was ${unconfirmed.what} by one person: another has to agree by ${formatInstant(unconfirmed.until)}, npx bailiwick policy approve ${name}`,
        ];
      if (state === "waiting")
        return [`release ${name} waits for a second person: npx bailiwick policy approve ${name}`];
      if (mode === "observe" && isOn(release, now) && until !== undefined)
        return [
          `release ${name} observes until ${formatInstant(until).slice(0, 10)}: for whom it is, only what is always refused is refused`,
        ];
      return [];
    }),
    ...sets
      .filter(({ digest, approved, tightens }) => fourEyes && approved === undefined && !tightens && !known.has(digest))
      .map(
        ({ digest }) =>
          `set ${digest.slice(7, 15)} waits for a second person: npx bailiwick policy approve ${digest.slice(7, 15)}`,
      ),
  ];
}
