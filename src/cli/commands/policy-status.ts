// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy status`: which rules bind whom, since when, who agreed, and what waits.
import type { ReleasesView, SetView } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import { releaseRows, setRows, shortRelease, shortSet } from "../set-row.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const { policies } = clientOf(args, io);
  const [sets, releases] = [await policies.sets(), await policies.releases()];
  answer(args, io, { ...releases, sets }, statusRows(releases, sets));
  return EXIT.done;
}

function statusRows({ general, folder, fourEyes, releases }: ReleasesView, sets: readonly SetView[]): readonly Row[] {
  const open = releases.filter(({ state, unconfirmed }) => state !== "retired" || unconfirmed !== undefined);
  const binds = general === undefined ? "nothing: everything is denied" : generalText(general, folder);
  return [
    ["everybody", "", binds],
    ...(fourEyes
      ? []
      : [
          [
            "alone",
            "",
            { text: "policies.fourEyes off: one person may put any rules in force", style: "yellow" },
          ] as const,
        ]),
    ...open.flatMap(releaseRows),
    ...sets.flatMap(setRows),
    ["next", "", nextOf(open, sets)],
  ];
}

function generalText(
  { digest, release }: NonNullable<ReleasesView["general"]>,
  folder: ReleasesView["folder"],
): string {
  if (release !== "") return `${shortSet(digest)}, by release ${shortRelease(release)}`;
  return `${shortSet(digest)}, the folder of the policies (${folder?.name ?? ""}, ${folder?.policies ?? 0} policies)`;
}

function nextOf(open: ReleasesView["releases"], sets: readonly SetView[]): string {
  const doubted = open.find(({ state, unconfirmed }) => state === "waiting" || unconfirmed !== undefined);
  if (doubted !== undefined) return `npx bailiwick policy approve ${shortRelease(doubted.id)}`;
  const waiting = sets.find(({ state }) => state === "waiting");
  if (waiting !== undefined) return `npx bailiwick policy approve ${shortSet(waiting.digest)}`;
  return "npx bailiwick policy publish DIR --because WHY";
}
