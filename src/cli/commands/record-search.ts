// SPDX-License-Identifier: Apache-2.0
// `bailiwick record search [WORD] [KIND:VALUE...]`: entries by what they say. What is found is said to be found; that there is no more is
// said only where it is so, and never as if it were proved.
import type { RecordAnswer, RecordQuery } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { entryCells } from "../entry-row.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { items } from "../output.ts";
import { SEARCH_KINDS } from "../record-commands.ts";
import { clientOf } from "../server.ts";
import { jsonText } from "../text.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const found = await clientOf(args, io).record.search(askOf(args));
  if (args.switches.has("json")) {
    io.out(`${jsonText({ ...found, hits: found.hits.map(({ row, ...hit }) => ({ ...row, ...hit })) }, 2)}\n`);
    return EXIT.done;
  }
  items(
    args,
    io,
    found.hits.map(({ row }) => row),
    entryCells,
  );
  io.err(tail(found).join(""));
  return EXIT.done;
}

/** `KIND:VALUE,VALUE` are filters; the one other word can be anything. */
function askOf({ words, values, switches }: Args): RecordQuery {
  const filters = words.flatMap((word) => {
    const [, kind, list] = /^([a-z]+):(.+)$/.exec(word) ?? [];
    const isKind = kind !== undefined && SEARCH_KINDS.includes(kind);
    return isKind && list !== undefined ? [{ word, kind, list: list.split(",") }] : [];
  });
  const [q, ...others] = words.filter((word) => !filters.some((filter) => filter.word === word));
  if (others.length > 0) throw misuse("CLI_ARGUMENTS", `${others[0]} is a second word`, KINDS_FIX);
  const terms = [...Map.groupBy(filters, ({ kind }) => kind)].map(
    ([kind, same]) => [kind, same.flatMap(({ list }) => list)] as const,
  );
  const [after, before] = [values.get("after"), values.get("before")];
  const [cursor, limit] = [numberOf(values, "cursor"), numberOf(values, "limit")];
  return {
    ...(q === undefined ? {} : { q }),
    terms: Object.fromEntries(terms),
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(limit === undefined ? {} : { limit }),
    proofs: switches.has("proofs"),
  };
}

const KINDS_FIX = `give one word, and filters as KIND:VALUE with one of ${SEARCH_KINDS.join(", ")}`;

function numberOf(values: Args["values"], name: string): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw misuse("CLI_OPTION_VALUE", `--${name} ${text} is no whole number`, "give one from 0 on");
}

/** What the list is, for people: it stands beside the list, and not in it. */
function tail({ hits, meant, next, size, indexedThrough, proves, log }: RecordAnswer): readonly string[] {
  const word =
    meant === undefined ? "" : meant.kind === "nothing" ? `, nothing is known as ${meant.value}` : `, by ${meant.kind}`;
  const waits = indexedThrough < size ? `; the newest ${size - indexedThrough} cannot be found yet` : "";
  return [
    `${hits.length === 0 ? "no entry" : `${hits.length} of ${size} entries`} of ${log}${word}${waits}\n`,
    ...(hits.length === 0 ? [] : [`${proves}\n`]),
    ...(next === undefined ? [] : [`older ones: the same with --cursor ${next}\n`]),
  ];
}
