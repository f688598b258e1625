// SPDX-License-Identifier: Apache-2.0
// `bailiwick record export FOLDER`: parts of the log laid down one after another, each with what proves it. A part is there
// whole or not at all, so the same command goes on after whatever stopped it.
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { type Client, type ExportPart, type ExportWish, SdkError } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { CliError, misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";

/** The verifier as one file, where this version was built with it. */
const VERIFIER: string = path.join(import.meta.dirname, "../../../dist/verify.mjs");

export async function run(args: Args, io: CliIo): Promise<number> {
  const [named = ""] = args.words;
  const folder = path.resolve(io.cwd, named);
  const wish = wishOf(args);
  const client = clientOf(args, io);
  const stop = io.stop();
  prepare(folder, named);
  let from = endOf(folder) ?? wish.from;
  let parts = 0;
  for (;;) {
    const part = await next(client, { ...wish, from }, stop);
    if (part === undefined) break;
    await layDown(folder, part, named);
    parts += 1;
    from = part.to;
    io.err(`${from} of ${wish.to ?? part.size} entries\n`);
    if (from >= (wish.to ?? part.size)) break;
  }
  answer(args, io, { folder: named, to: from, parts }, [
    ["written", `${parts} ${parts === 1 ? "part" : "parts"} into ${named}, entries before ${from}`],
    ["check it", `npx bailiwick verify ${named} --policy trust.policy`],
  ]);
  return EXIT.done;
}

function wishOf({ values }: Args): ExportWish {
  const format = values.get("format") ?? "jsonl";
  if (format !== "jsonl" && format !== "ocsf") {
    throw misuse("CLI_OPTION_VALUE", `--format ${format} is no format`, "give jsonl or ocsf");
  }
  const [ocsf, to] = [values.get("ocsf"), numberOf(values, "to")];
  return {
    format,
    from: numberOf(values, "from") ?? 0,
    ...(ocsf === undefined ? {} : { ocsf }),
    ...(to === undefined ? {} : { to }),
  };
}

function numberOf(values: Args["values"], name: string): number | undefined {
  const text = values.get(name);
  if (text === undefined || /^[0-9]{1,15}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw misuse("CLI_OPTION_VALUE", `--${name} ${text} is no index`, "give a whole number from 0 on");
}

/** Nothing left where the log ends before the part. */
async function next(client: Client, wish: ExportWish, stop: AbortSignal): Promise<ExportPart | undefined> {
  try {
    return await client.record.exportPart(wish, stop);
  } catch (cause) {
    if (cause instanceof SdkError && cause.problem?.status === 404) return undefined;
    throw cause;
  }
}

/** @throws CliError CLI_UNWRITABLE */
function prepare(folder: string, named: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    const verifier = path.join(folder, "verify.mjs");
    if (existsSync(VERIFIER) && !existsSync(verifier)) copyFileSync(VERIFIER, verifier);
  } catch (cause) {
    const fix = "name a folder that you may write to";
    throw new CliError("CLI_UNWRITABLE", `cannot write into ${named}`, { fix, exit: EXIT.failed, cause });
  }
}

/** Where the parts in the folder end. */
function endOf(folder: string): number | undefined {
  const manifests = readdirSync(folder).filter((name) => /^manifest-[0-9]+\.json$/.test(name));
  const last = manifests.toSorted().at(-1);
  if (last === undefined) return undefined;
  const manifest: unknown = JSON.parse(readFileSync(path.join(folder, last), "utf8"));
  const to = typeof manifest === "object" && manifest !== null && "to" in manifest ? manifest.to : undefined;
  return typeof to === "number" ? to : undefined;
}

interface Told {
  readonly manifest: string;
  readonly proof: string;
  readonly range?: string;
}

/** The manifest comes last: without it there is no part. @throws CliError CLI_STREAM_ENDED */
async function layDown(folder: string, { from, body }: ExportPart, named: string): Promise<void> {
  const place = String(from).padStart(12, "0");
  const file = (name: string): string => path.join(folder, name);
  const unfinished = file(`entries-${place}.jsonl.part`);
  const last = await writeLines(unfinished, body);
  const told = readTold(last);
  if (told === undefined) {
    rmSync(unfinished);
    const fix = `run the same command again: ${named} has every part that came whole`;
    throw new CliError("CLI_STREAM_ENDED", `the part from entry ${from} broke off`, { fix, exit: EXIT.unreachable });
  }
  renameSync(unfinished, file(`entries-${place}.jsonl`));
  if (told.range !== undefined) writeFileSync(file(`range-${place}.txt`), told.range);
  writeFileSync(file(`manifest-${place}.tlog-proof`), told.proof);
  writeFileSync(file(`manifest-${place}.json`), told.manifest);
}

/** Writes every whole line but the last. @returns the last one */
async function writeLines(file: string, body: ReadableStream<Uint8Array>): Promise<string> {
  const out = openSync(file, "w");
  const decoder = new TextDecoder();
  let held = "";
  let rest = "";
  try {
    for await (const piece of body) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (lines.length === 0) continue;
      const whole = held === "" ? lines : [held, ...lines];
      held = whole.pop() ?? "";
      if (whole.length > 0) writeSync(out, `${whole.join("\n")}\n`);
    }
  } catch {
    return ""; // it broke off: what is here is no whole part
  } finally {
    closeSync(out);
  }
  return rest === "" ? held : "";
}

function readTold(line: string): Told | undefined {
  if (!line.startsWith('{"export":')) return undefined;
  const { manifest, proof, range } = membersOf(membersOf(JSON.parse(line))["export"]);
  if (typeof manifest !== "string" || typeof proof !== "string") return undefined;
  return { manifest, proof, ...(typeof range === "string" ? { range } : {}) };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
