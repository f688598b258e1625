// SPDX-License-Identifier: Apache-2.0
// Policy sets and releases in words, and acts on a release.
import type { Client, PolicyDiff, SetReleaseView, SetView } from "../sdk/index.ts";
import type { Args } from "./command.ts";
import { EXIT } from "./exit.ts";
import type { CliIo } from "./io.ts";
import { reasonOf } from "./order-row.ts";
import { answer } from "./output.ts";
import { clientOf } from "./server.ts";
import type { Row } from "./table.ts";

/** UNIT: characters. Enough of a digest or an id to name it. */
const SHORT = 8;

export function shortSet(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, SHORT);
}

/** Ids that were made within one minute begin alike, so more of them is shown. */
export function shortRelease(id: string): string {
  return id.slice(0, SHORT + 5);
}

export function setRows({ digest, name, policies, state, by, at, approvedBy, enforced }: SetView): readonly Row[] {
  const agreed = approvedBy === undefined ? "" : `, agreed by ${approvedBy}`;
  const bound = enforced === undefined ? "" : `, bound first ${enforced.slice(0, 16)}Z`;
  return [
    [
      shortSet(digest),
      { text: state, style: state === "waiting" ? "yellow" : "green" },
      `${name}, ${policies} policies`,
    ],
    ["", "", { text: `by ${by}, ${at.slice(0, 16)}Z${agreed}${bound}`, style: "dim" }],
  ];
}

export function releaseRows(release: SetReleaseView): readonly Row[] {
  const { id, set, mode, state, on, by, because, changed, approvedBy, unconfirmed, shadow } = release;
  const agreed = approvedBy === undefined ? "" : `, agreed by ${approvedBy}`;
  const word = state === "standing" ? mode : state;
  return [
    [shortRelease(id), { text: word, style: on ? "green" : "dim" }, `${shortSet(set)} for ${whomText(release)}`],
    ["", "", { text: `by ${by}, ${changed.slice(0, 16)}Z, because: ${because}${agreed}`, style: "dim" }],
    ...(unconfirmed === undefined
      ? []
      : [
          [
            "",
            "",
            {
              text: `${unconfirmed.what} by ${unconfirmed.by} alone: another has to agree by ${unconfirmed.until}`,
              style: "yellow",
            },
          ] as const,
        ]),
    ...(shadow === undefined
      ? []
      : [
          [
            "",
            "",
            `${shadow.different} of ${shadow.judged} judged would differ${shadow.stride > 1 ? `; one in ${shadow.stride} is judged` : ""}`,
          ] as const,
        ]),
  ];
}

/** Everybody, or the facts and the share. */
export function whomText({ scope, percent, from, until, on }: SetReleaseView): string {
  const whom = scope.length === 0 ? "everybody" : scope.map(([part, value]) => `${part} ${value}`).join(", ");
  const share = percent === 100 ? "" : `, ${percent} % of them`;
  const begins = on ? "" : `, from ${from.slice(0, 16)}Z`;
  return `${whom}${share}${begins}${until === undefined ? "" : `, until ${until.slice(0, 16)}Z`}`;
}

export function diffRows({ added, removed, changed, found, isSchemaSame, tries }: PolicyDiff): readonly Row[] {
  return [
    ...added.map((id): Row => [{ text: "added", style: "green" }, id]),
    ...removed.map((id): Row => [{ text: "removed", style: "red" }, id]),
    ...changed.map((id): Row => [{ text: "changed", style: "yellow" }, id]),
    ...found.flatMap(({ before, after, principal, action, resource, context }): readonly Row[] => [
      ["differs", `${side(before.answer, before.policies)} before, ${side(after.answer, after.policies)} after`],
      ["", `${principal} ${action} ${resource}`],
      ["", { text: context, style: "dim" }],
    ]),
    ["search", isSchemaSame ? `${found.length} kinds of difference in ${tries} tries` : "not run: the schemas differ"],
  ];
}

function side(said: string, policies: readonly string[]): string {
  return policies.length === 0 ? said : `${said} (${policies.join(", ")})`;
}

type Policies = Client["policies"];

/** Does something to one release, and says what it is then. */
export async function actOnRelease(args: Args, io: CliIo, how: "pause" | "resume" | "rollback"): Promise<number> {
  const [id = ""] = args.words;
  const because = reasonOf(args, `policy ${how} ${id}`);
  const { policies } = clientOf(args, io);
  const done = await doTo(policies, { id, because, to: args.values.get("to") }, how);
  const confirm: Row = ["next", `another person agrees: npx bailiwick policy approve ${shortRelease(done.id)}`];
  answer(args, io, done, [
    ...releaseRows(done),
    done.unconfirmed === undefined ? ["next", "npx bailiwick policy status"] : confirm,
  ]);
  return EXIT.done;
}

interface Asked {
  readonly id: string;
  readonly because: string;
  readonly to: string | undefined;
}

async function doTo(
  policies: Policies,
  { id, because, to }: Asked,
  how: "pause" | "resume" | "rollback",
): Promise<SetReleaseView> {
  if (how === "pause") return policies.pause(id, because);
  if (how === "resume") return policies.resume(id, because);
  return policies.rollback(id, because, to === undefined ? undefined : await wholeDigest(policies, to));
}

/** A digest by a beginning of it; what no set begins with is sent as it is, and the server says so. */
export async function wholeDigest(policies: Policies, text: string): Promise<string> {
  const begin = text.replace(/^sha256:/, "");
  const found = (await policies.sets()).filter(({ digest }) => digest.slice(7).startsWith(begin));
  return found.length === 1 && begin.length >= 6 ? (found[0]?.digest ?? text) : text;
}
