// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy publish [DIR]`: hands the files of a folder to the server, which keeps the set or says what must be mended.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import type { PolicyFile } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { reasonOf } from "../order-row.ts";
import { answer } from "../output.ts";
import { policyFolder } from "../policy-folder.ts";
import { problemRows } from "../problem-row.ts";
import { clientOf } from "../server.ts";
import { setRows, shortSet } from "../set-row.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const { named, dir } = policyFolder(args, io);
  const because = reasonOf(args, `policy publish ${named}`);
  const published = await clientOf(args, io).policies.publish(filesOf(dir), because);
  if ("refused" in published) {
    const { refused } = published;
    const blocking = refused.problems.filter((problem) => problem.blocking).length;
    answer(args, io, refused, [
      ...problemRows(refused.problems),
      [{ text: "no", style: "red" }, `${blocking} must be mended before ${named} can be published`],
    ]);
    return EXIT.no;
  }
  const { kept } = published;
  const name = shortSet(kept.digest);
  answer(args, io, kept, [
    ...problemRows(kept.problems),
    ...setRows(kept),
    kept.state === "waiting"
      ? ["next", `it lets more through than now, so another person agrees: npx bailiwick policy approve ${name}`]
      : ["next", `npx bailiwick policy rollout ${name} --percent 10 --because WHY`],
  ]);
  return EXIT.done;
}

/** Every file that is part of a set; the server says what it does not know. */
function filesOf(dir: string): readonly PolicyFile[] {
  const names = globSync("**/*", { cwd: dir, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"));
  return names.toSorted().map((name) => ({ path: name, text: readFileSync(path.join(dir, name), "utf8") }));
}
