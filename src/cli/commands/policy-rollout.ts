// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy rollout DIGEST`: releases a set, or changes the share of a release that is out already.
import type { Args } from "../command.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { reasonOf } from "../order-row.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import { releaseRows, shortRelease, wholeDigest } from "../set-row.ts";
import { percentOf } from "./policy-observe-enforce.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [name = ""] = args.words;
  const { policies } = clientOf(args, io);
  const [mode, from, until, rates] = ["mode", "from", "until", "pause-if"].map((option) => args.values.get(option));
  const wish = {
    percent: percentOf(args.values.get("percent")),
    scope: factsOf(args.values.get("scope")),
    because: reasonOf(args, `policy rollout ${name}`),
    ...(mode === undefined ? {} : { mode }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until: endOf(until, Date.now()) }),
    ...(rates === undefined ? {} : { rollbackIf: ratesOf(rates) }),
  };
  const release = await policies.rollout({ ...wish, set: await wholeDigest(policies, name) });
  answer(args, io, release, [
    ...releaseRows(release),
    release.state === "waiting"
      ? ["next", `another person agrees: npx bailiwick policy approve ${shortRelease(release.id)}`]
      : ["next", "npx bailiwick policy status"],
  ]);
  return EXIT.done;
}

/** `kind=agent,server=files`. @throws CliError CLI_OPTION_VALUE */
function factsOf(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(",").map((fact) => {
      const [, part = "", value = ""] = /^([a-z]+)=(.+)$/.exec(fact) ?? [];
      if (part === "")
        throw misuse("CLI_OPTION_VALUE", `--scope ${fact} names no fact`, "write kind=agent,server=files");
      return [part, value] as const;
    }),
  );
}

/** @throws CliError CLI_OPTION_VALUE */
function ratesOf(text: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(factsOf(text)).map(([what, share]) => {
      const rate = Number(share);
      if (["deny", "challenge", "error"].includes(what) && rate >= 0 && rate <= 1)
        return [`${what}Rate`, rate] as const;
      throw misuse(
        "CLI_OPTION_VALUE",
        `--pause-if ${what}=${share} is no share`,
        "write deny=0.1,challenge=0.2,error=0.01",
      );
    }),
  );
}

/** UNIT: ms. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** RFC 3339, UTC. @throws CliError CLI_OPTION_VALUE */
function endOf(text: string, now: number): string {
  const [, count, unit = ""] = /^([0-9]{1,4})([hd])$/.exec(text) ?? [];
  const ms = UNITS.get(unit);
  if (count !== undefined && ms !== undefined) return new Date(now + Number(count) * ms).toISOString();
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) return text;
  throw misuse("CLI_OPTION_VALUE", `--until ${text} is no time`, "write 12h, 7d or 2026-12-06T09:00:00Z");
}
