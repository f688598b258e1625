// SPDX-License-Identifier: Apache-2.0
// `bailiwick policy observe`: what enforcing would have done, by reason, with what would settle each.
import type { ObserveGroup, ObserveReport, ReleaseView } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { answerCell, shortIdentity } from "../entry-row.ts";
import { misuse } from "../errors.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [server, since] = [args.values.get("server"), args.values.get("since")];
  const report = await clientOf(args, io).observe.report({
    ...(server === undefined ? {} : { server }),
    ...(since === undefined ? {} : { since: timeOf(since, Date.now()) }),
  });
  answer(args, io, report, reportRows(report));
  return EXIT.done;
}

/** UNIT: ms. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** RFC 3339, UTC. @throws CliError CLI_OPTION_VALUE */
export function timeOf(text: string, now: number): string {
  const [, count, unit] = /^([0-9]{1,4})([mhd])$/.exec(text) ?? [];
  const ms = unit === undefined ? undefined : UNITS.get(unit);
  if (count !== undefined && ms !== undefined) return new Date(now - Number(count) * ms).toISOString();
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) return text;
  throw misuse("CLI_OPTION_VALUE", `--since ${text} is no time`, "write 90m, 24h, 7d or 2026-12-06T09:00:00Z");
}

export function reportRows(report: ObserveReport): readonly Row[] {
  const { calls, passes, limited, asked, refused, always, lists, hidden, groups, more, complete, servers } = report;
  const atLeast = complete ? "" : "at least ";
  return [
    ...servers.map((server): Row => [server.server, releaseText(server)]),
    [
      "calls",
      `${atLeast}${calls}: ${passes} would pass, ${limited} be limited, ${asked} asked about, ${refused} refused`,
    ],
    ...(always === 0 ? [] : [["always", `${always} were refused in earnest: no mode lets them through`]]),
    ...(lists === 0 ? [] : [["lists", `${lists}, of which one would not have shown ${hidden} of its tools`]]),
    ...groups.flatMap(groupRows),
    ...(more === 0 ? [] : [["more", `${more} other reasons, each less loud`]]),
    ["next", `npx bailiwick ${nextOf(report)}`],
  ];
}

export function releaseText({ enforced, until, ended }: ReleaseView): string {
  if (until === undefined) return "enforced from its first day";
  if (ended) return `enforced since its time to be observed was over, ${until.slice(0, 10)}`;
  if (enforced >= 100) return `enforced; it may be observed again until ${until.slice(0, 10)}`;
  const share = enforced === 0 ? "" : `, ${enforced} % of its tasks enforced`;
  return `observe until ${until.slice(0, 10)}${share}`;
}

function groupRows({ name, would, place, calls, tools, who, settle, reference }: ObserveGroup): readonly Row[] {
  const where = place === undefined ? "" : `, ${place}`;
  const what = [tools.join(", "), who.map(shortIdentity).join(", "), reference].filter((one) => one !== "");
  return [
    [answerCell(would), `${calls} ${calls === 1 ? "call" : "calls"} by ${name}${where}`],
    ["", { text: what.join(" · "), style: "dim" }],
    ["", `settled by ${settle}`],
  ];
}

/** The one command that helps most now. */
function nextOf({ groups, servers, calls }: ObserveReport): string {
  const observed = servers.find(({ enforced, until, ended }) => until !== undefined && !ended && enforced < 100);
  if (calls === 0 || observed === undefined) return "status";
  const [loudest] = groups.filter(({ would }) => would === "deny");
  if (loudest !== undefined) return `policy explain ${loudest.reference}`;
  return `policy observe enforce ${observed.server} --percent 10 --because WHY`;
}
