// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy approve DIGEST`: what a second person agrees to, and the page on which they sign it. The token of the command
// line is nobody's hand, so nothing is agreed to here.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { problemRows } from "../problem-row.ts";
import { addressOf, clientOf } from "../server.ts";
import { diffRows, releaseRows, setRows, shortSet } from "../set-row.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [name = ""] = args.words;
  const { policies } = clientOf(args, io);
  const release = (await policies.releases()).releases.find(({ id }) => name.length >= 6 && id.startsWith(name));
  const address = addressOf(args, io);
  if (release !== undefined) {
    const waits = release.state === "waiting" || release.unconfirmed !== undefined;
    answer(args, io, release, [
      ...releaseRows(release),
      waits
        ? ["sign", `${address}/policies/releases/${release.id}`]
        : ["done", "nothing of it waits for a second person"],
    ]);
    return waits ? EXIT.no : EXIT.done;
  }
  const page = await policies.set(name.replace(/^sha256:/, ""));
  const { diff, lastCalls, state, digest } = page;
  answer(args, io, page, [
    ...setRows(page),
    ...problemRows(page.problems),
    ...(diff === undefined ? [] : diffRows(diff)),
    ...(lastCalls === undefined
      ? []
      : [
          [
            "calls",
            `of the last ${lastCalls.calls} calls ${lastCalls.differ} would differ${lastCalls.moves.length === 0 ? "" : ` (${lastCalls.moves.join(", ")})`}`,
          ] as const,
        ]),
    state === "waiting"
      ? ["sign", `${address}/policies/sets/${digest.slice(7)}`]
      : ["next", `npx bailiwick policy rollout ${shortSet(digest)} --percent 10 --because WHY`],
  ]);
  return state === "waiting" ? EXIT.no : EXIT.done;
}
