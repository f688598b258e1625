// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy replay WINDOW --candidate DIR|DIGEST`: recorded calls, answered again by other rules. A folder is tried
// over the data folder, whether or not its server runs; a digest is tried by the server that knows it.
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type ReplayView, readReplay } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { answerCell, shortIdentity } from "../entry-row.ts";
import { CliError, misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [window = ""] = args.words;
  const candidate = args.values.get("candidate");
  if (candidate === undefined)
    throw misuse("CLI_ARGUMENTS", "policy replay: which rules are tried?", "name a folder: --candidate ./mine");
  const state = args.values.get("state");
  const file = state === undefined ? undefined : path.resolve(io.cwd, state);
  const from = file === undefined ? undefined : readState(file);
  const keep = (summary: ReplayView): void => (file === undefined ? undefined : writeState(file, summary));
  const asked = { window, candidate, ...(from === undefined ? {} : { from }), keep };
  const summary = candidate.startsWith("sha256:") ? await byServer(args, io, asked) : await byFolder(args, io, asked);
  keep(summary);
  answer(args, io, summary, replayRows(summary));
  return exitOf(summary);
}

interface Asked {
  readonly window: string;
  readonly candidate: string;
  readonly from?: ReplayView;
  readonly keep: (summary: ReplayView) => void;
}

async function byFolder(args: Args, io: CliIo, { window, candidate, from, keep }: Asked): Promise<ReplayView> {
  const dataDir = path.resolve(io.cwd, args.values.get("data") ?? "data");
  const { replayFolder } = await import("../../server/index.ts");
  return replayFolder({
    dataDir,
    candidate: path.resolve(io.cwd, candidate),
    window,
    told: keep,
    ...(from === undefined ? {} : { from }),
  });
}

/** Bit by bit: the server answers others meanwhile. */
async function byServer(args: Args, io: CliIo, { window, candidate, from, keep }: Asked): Promise<ReplayView> {
  const client = clientOf(args, io);
  let summary = from;
  for (;;) {
    const part = await client.replay({ window, candidate, ...(summary === undefined ? {} : { from: summary }) });
    ({ summary } = part);
    keep(summary);
    if (part.complete) return summary;
  }
}

/** @throws CliError CLI_UNREADABLE */
function readState(file: string): ReplayView | undefined {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  try {
    return readReplay({ value: JSON.parse(readFileSync(file, "utf8")), at: "state" });
  } catch (cause) {
    const fix = "name another file with --state, or delete this one and begin anew";
    throw new CliError("CLI_UNREADABLE", `cannot go on from ${file}: it is not the state of a replay`, {
      fix,
      exit: EXIT.failed,
      cause,
    });
  }
}

function writeState(file: string, summary: ReplayView): void {
  writeFileSync(`${file}.tmp`, JSON.stringify(summary));
  renameSync(`${file}.tmp`, file);
}

function exitOf({ changes, same }: ReplayView): number {
  if (same.differing > 0) return EXIT.broken;
  return changes.tightened + changes.loosened + changes.undecidable > 0 ? EXIT.no : EXIT.done;
}

const STYLES = { tightened: "yellow", loosened: "red", undecidable: "dim" } as const;

export function replayRows(summary: ReplayView): readonly Row[] {
  const { changes, decisions, entries, pairs, rules, identities, tools, examples, same } = summary;
  if (decisions === 0) return [["decisions", "none in this window that rules answered and whose question is kept"]];
  return [
    ["decisions", `${decisions} in ${entries} entries`],
    ["unchanged", String(changes.unchanged)],
    ["tightened", `${changes.tightened}: would be answered more strictly`],
    ["loosened", `${changes.loosened}: would be let through further, or with less asked of it`],
    ["undecidable", `${changes.undecidable}: nobody can tell from what is kept`],
    ...pairs.map(({ from, to, count }): Row => ["", `${count} times ${from} would be ${to}`]),
    ...tableRows("by rule", rules),
    ...tableRows("by identity", identities),
    ...tableRows("by tool", tools),
    ...examples.flatMap((example): readonly Row[] => [
      [
        { text: example.change, style: STYLES[example.change] },
        `${example.reference} ${shortIdentity(example.identity)} ${example.tool}${example.part === "release" ? ", what came back" : ""}`,
      ],
      [
        answerCell(example.from),
        `would be ${example.change === "undecidable" ? "unknown" : example.to}: ${example.because.join(", ")}`,
      ],
    ]),
    ...sameRows(same),
    ...(examples.length === 0 ? [] : [["next", `npx bailiwick policy explain ${examples[0]?.reference ?? ""}`]]),
  ];
}

/** Names that a person reads; all of them are in --json. */
const NAMES_SHOWN = 5;

function tableRows(title: string, counts: ReplayView["rules"]): readonly Row[] {
  const shown = counts.slice(0, NAMES_SHOWN).map(({ name, tightened, loosened, undecidable }, at): Row => {
    const told = [
      tightened === 0 ? "" : `${tightened} tightened`,
      loosened === 0 ? "" : `${loosened} loosened`,
      undecidable === 0 ? "" : `${undecidable} undecidable`,
    ];
    return [at === 0 ? title : "", `${shortIdentity(name)}: ${told.filter((one) => one !== "").join(", ")}`];
  });
  return counts.length > NAMES_SHOWN ? [...shown, ["", `and ${counts.length - NAMES_SHOWN} more`]] : shown;
}

function sameRows({ decisions, differing }: ReplayView["same"]): readonly Row[] {
  if (decisions === 0) return [];
  if (differing === 0) return [["same set", `${decisions} decisions came out as they were, to the byte`]];
  return [
    [{ text: "same set", style: "red" }, `${differing} answers came out otherwise than recorded: something is broken`],
  ];
}
