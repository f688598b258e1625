// SPDX-License-Identifier: Apache-2.0
// What follows from the last step: an incident, what it may have touched, which clocks run or what they wait for. All of it is
// read from the server, nothing is made up here.
import { formatInstant, type IncidentFacts, incidentName } from "../../core/index.ts";
import type { CaseClock } from "../../prove/index.ts";
import { previewLines } from "../../share/index.ts";
import type { Running } from "../compose.ts";
import { everTouched, proposalOf } from "../reach.ts";

/** One clock as the story's JSON has it. */
export interface ToldClock {
  readonly duty: string;
  readonly stage: string;
  readonly state: string;
  readonly strict: string | null;
  readonly latest: string | null;
  readonly why: string;
}

export interface Tail {
  readonly lines: readonly string[];
  readonly incident: { readonly name: string; readonly questions: number } | null;
  readonly clocks: readonly ToldClock[];
}

/** The newest incident that is open; undefined where no sign opened one. */
export function openIncident({ queue }: Pick<Running, "queue">): IncidentFacts | undefined {
  return queue.incidents.list().find(({ state }) => state === "open");
}

export async function tailOf(running: Running, data: string): Promise<Tail> {
  const incident = openIncident(running);
  const view = incident === undefined ? undefined : running.cases.view(incident.id);
  if (incident === undefined || view === undefined)
    return { lines: ["incident none was opened"], incident: null, clocks: [] };
  const name = incidentName(incident);
  const { questions, clocks } = view;
  return {
    lines: [
      ...(await blastLines(running, incident)),
      `incident ${name} · ${counted(questions.length, "question")} ${questions.length === 1 ? "decides" : "decide"} which clocks run`,
      ...clocks.slice(0, CLOCKS_SHOWN).map((clock) => `clock    ${clockLine(clock)}`),
      `         npx bailiwick prove incident clocks ${name} --data ${data}`,
      `         npx bailiwick prove incident ask ${name} --data ${data}`,
    ],
    incident: { name, questions: questions.length },
    clocks: clocks.map(toldClock),
  };
}

/** Clocks that stand in the story; the command has all of them. */
const CLOCKS_SHOWN = 3;

async function blastLines({ record }: Running, { identities }: IncidentFacts): Promise<readonly string[]> {
  const [identity] = identities;
  if (identity === undefined) return [];
  const blast = await everTouched(record, identity);
  const of = (how: string): readonly string[] => blast.touched.filter((one) => one.how === how).map(({ id }) => id);
  const { categories } = proposalOf(blast);
  const seen = categories.length === 0 ? "" : ` (${categories.join(", ")})`;
  const sent = of("sent").length === 0 ? "nobody" : of("sent").join("; ");
  return [
    `blast    so far: ${counted(of("read").length, "thing")} read${seen} · ${of("wrote").length} written`,
    `         sent to ${sent} · how many people are behind it: unknown, and not counted as none`,
  ];
}

function clockLine({ duty, stage, verdict, clock: { state, kind, waitingFor, strict } }: CaseClock): string {
  const waits = waitingFor.length === 0 ? "" : ` for ${waitingFor.join(" or ")}`;
  const until = strict === undefined ? "" : `, strict ${formatInstant(strict.at)}`;
  const asks = verdict === "needs" ? " (if it applies)" : "";
  return `${duty} ${stage}: ${state}${waits}${until}${asks} · ${kind}, unreviewed`;
}

function toldClock({ duty, stage, clock, why }: CaseClock): ToldClock {
  const { state, strict, latest } = clock;
  return {
    duty,
    stage,
    state,
    strict: strict === undefined ? null : formatInstant(strict.at),
    latest: latest === undefined ? null : formatInstant(latest.at),
    why,
  };
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

/** What a partner would be told, beside what is known here; nothing is sent. */
export async function partnerLines(running: Running): Promise<readonly string[]> {
  const incident = openIncident(running);
  return incident === undefined
    ? ["nothing happened that a partner could be told"]
    : previewLines(await running.preview(incident));
}
