// SPDX-License-Identifier: Apache-2.0
// `bailiwick status`: what is true now, and the next thing to do.
import type { Status, UpstreamStatus } from "../../sdk/index.ts";
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const status = await clientOf(args, io).status();
  answer(args, io, status, statusRows(status));
  return EXIT.done;
}

export function statusRows(status: Status): readonly Row[] {
  const { record, policies, identities } = status;
  const where = status.demo ? `demo in ${status.dataDir}` : status.dataDir;
  const behind = record.size - record.published;
  const published = behind === 0 ? "all under the published checkpoint" : `${behind} not under a checkpoint yet`;
  return [
    ["bailiwick", `${status.version}, ${status.mode} mode, since ${status.startedAt}, ${where}`],
    ["gate", status.publicUrl],
    ...status.servers.map((server): Row => {
      const tools =
        server.shown === undefined ? `${server.tools} tools` : `${server.shown} of ${server.tools} tools shown`;
      const why = server.why === undefined ? "" : `: ${server.why}`;
      const state = `${modeText(server)}${server.state}${why}, ${tools}, operator ${server.operator}, ${server.jurisdiction}, ${server.url}`;
      return [`  ${server.id}`, server.state === "failed" ? { text: state, style: "red" } : state];
    }),
    [
      "policies",
      policies === undefined ? NO_POLICIES : `${policies.policies} in ${policies.name}, since ${policies.since}`,
    ],
    ["identities", `${identities.active} of ${identities.total} active`],
    ["record", `${record.size} entries in ${record.origin}, ${record.state}, ${published}`],
    ...status.warnings.map((warning): Row => ["warning", { text: warning, style: "yellow" }]),
    ["next", `npx bailiwick ${next(status)}`],
  ];
}

/** Said on every line as long as anything of it is observed. */
function modeText({ mode, enforced, observedUntil }: UpstreamStatus): string {
  if (mode === undefined || mode === "enforce") return "";
  const share = enforced === undefined || enforced === 0 ? "" : ` (${enforced} % of its tasks enforced)`;
  return `observe${share} until ${observedUntil?.slice(0, 10) ?? "nobody knows when"}, `;
}

const NO_POLICIES = { text: "none in force: everything is denied", style: "red" } as const;

/** The one command that helps most now. */
function next({ policies, record }: Status): string {
  if (policies === undefined) return "policy check";
  return record.size === 0 ? "record tail --follow" : "record tail";
}
