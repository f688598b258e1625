// SPDX-License-Identifier: Apache-2.0
// `bailiwick prove incident answer INC-1 risk.people=likely --note WHY`: a person's statement on facts of the case.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { saidOf, tellStatement } from "../incident.ts";
import type { CliIo } from "../io.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [name = "", ...said] = args.words;
  const pairs = said.map(readPair);
  const facts = Object.fromEntries(pairs.filter(([fact]) => !isPeople(fact)));
  const by = Object.fromEntries(
    pairs.filter(([fact]) => isPeople(fact)).map(([fact, value]) => [fact.slice("people(".length, -1), value]),
  );
  const statement = {
    note: saidOf(args),
    ...(Object.keys(facts).length === 0 ? {} : { facts }),
    ...(Object.keys(by).length === 0 ? {} : { people: { by } }),
  };
  return tellStatement(name, statement, clientOf(args, io), io);
}

function isPeople(fact: string): boolean {
  return /^people\(.+\)$/.test(fact);
}

/** `data.personal=yes`, `risk.people=likely`, `people(FR)=120`, `data.personal=unknown`. */
function readPair(word: string): readonly [string, unknown] {
  const at = word.indexOf("=");
  if (at < 1) throw misuse("CLI_ARGUMENTS", `${word} says nothing`, "write a fact and its value: risk.people=likely");
  const [fact, value] = [word.slice(0, at), word.slice(at + 1)];
  if (value === "yes" || value === "true") return [fact, true];
  if (value === "no" || value === "false") return [fact, false];
  if (value === "unknown") return [fact, null];
  const range = /^(\d+)-(\d+)$/.exec(value);
  if (range !== null) return [fact, [Number(range[1]), Number(range[2])]];
  const least = /^(\d+)\+$/.exec(value);
  if (least !== null) return [fact, { at_least: Number(least[1]) }];
  return [fact, /^\d+(\.\d+)?$/.test(value) ? Number(value) : value];
}
