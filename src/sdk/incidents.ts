// SPDX-License-Identifier: Apache-2.0
// Incidents as the server tells them: what happened, what is asked, which clocks run.
import { list, type Members, member, members, type Part, text, whole } from "./parts.ts";

export interface IncidentView {
  /** `INC-<number>`. */
  readonly name: string;
  readonly id: string;
  readonly v: number;
  readonly state: string;
  readonly title: string;
  readonly severity: string;
  readonly exercise: boolean;
  readonly identities: readonly string[];
  readonly findings: readonly string[];
  readonly actions: readonly string[];
  /** Each with who said it; none of them follows from another. */
  readonly times: readonly { readonly time: string; readonly at: string; readonly by: string }[];
}

export interface IncidentClock {
  readonly incident: string;
  readonly entity: string;
  readonly duty: string;
  readonly stage: string;
  readonly recipient: string;
  readonly citation: string;
  /** Whether people of the organisation read the row and enabled it. */
  readonly review: string;
  readonly verdict: string;
  readonly kind: string;
  readonly state: string;
  /** RFC 3339, UTC; `null` while nothing can be counted. */
  readonly strict: string | null;
  readonly latest: string | null;
  readonly projected: string | null;
  readonly waitingFor: readonly string[];
  readonly why: string;
  readonly derivation: readonly string[];
}

export interface IncidentClocks {
  /** Of the case: a statement names the version that it was made on. */
  readonly v: number;
  readonly clocks: readonly IncidentClock[];
  /** What does not fit together, and stays as it was said. */
  readonly doubts: readonly string[];
}

export interface IncidentQuestion {
  readonly ask: string;
  readonly text: string;
  readonly group: string;
  readonly duties: readonly string[];
  readonly answers: readonly { readonly answer: string; readonly changes: readonly string[] }[];
}

/** What a person says of a case; members as the API takes them. */
export interface CaseStatement {
  readonly note: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly people?: object;
  readonly events?: readonly object[];
  readonly submissions?: readonly object[];
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readIncidents(answer: Part): readonly IncidentView[] {
  return list(member(answer, "incidents"), readIncident);
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readIncident(answer: Part): IncidentView {
  const times = member(answer, "times");
  const names: Members = members(times);
  return {
    name: text(member(answer, "name")),
    id: text(member(answer, "id")),
    v: whole(member(answer, "v")),
    state: text(member(answer, "state")),
    title: text(member(answer, "title")),
    severity: text(member(answer, "severity")),
    exercise: member(answer, "exercise").value === true,
    identities: list(member(answer, "identities"), text),
    findings: list(member(answer, "findings"), text),
    actions: list(member(answer, "actions"), text),
    times: Object.keys(names).map((time) => {
      const told = member(times, time);
      return { time, at: text(member(told, "at")), by: text(member(told, "by")) };
    }),
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readIncidentClocks(answer: Part): IncidentClocks {
  return {
    v: whole(member(answer, "v")),
    clocks: list(member(answer, "clocks"), readIncidentClock),
    doubts: list(member(answer, "doubts"), text),
  };
}

/** Of every incident that is open. @throws SdkError SDK_ANSWER_MALFORMED */
export function readClocks(answer: Part): readonly IncidentClock[] {
  return list(member(answer, "clocks"), readIncidentClock);
}

function readIncidentClock(clock: Part): IncidentClock {
  const words = (name: string): string => text(member(clock, name));
  const when = (name: string): string | null => {
    const part = member(clock, name);
    return part.value === null ? null : text(part);
  };
  return {
    incident: words("incident"),
    entity: words("entity"),
    duty: words("duty"),
    stage: words("stage"),
    recipient: words("recipient"),
    citation: words("citation"),
    review: words("review"),
    verdict: words("verdict"),
    kind: words("kind"),
    state: words("state"),
    strict: when("strict"),
    latest: when("latest"),
    projected: when("projected"),
    waitingFor: list(member(clock, "waitingFor"), text),
    why: words("why"),
    derivation: list(member(clock, "derivation"), text),
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readQuestions(answer: Part): readonly IncidentQuestion[] {
  return list(member(answer, "questions"), (question) => ({
    ask: text(member(question, "ask")),
    text: text(member(question, "text")),
    group: text(member(question, "group")),
    duties: list(member(question, "duties"), text),
    answers: list(member(question, "answers"), (one) => ({
      answer: text(member(one, "answer")),
      changes: list(member(one, "changes"), text),
    })),
  }));
}

/** The version of a case. @throws SdkError SDK_ANSWER_MALFORMED */
export function readCaseVersion(answer: Part): { readonly v: number; readonly doubts: readonly string[] } {
  return { v: whole(member(answer, "v")), doubts: list(member(answer, "doubts"), text) };
}

/** What a partner would be told of an incident. */
export interface SharePreview {
  readonly incident: string;
  readonly tlp: string;
  /** Why nothing could leave; empty where it could. */
  readonly blocked: readonly string[];
  /** STIX 2.1; `null` where it is blocked. */
  readonly bundle: Members | null;
  /** For a terminal. */
  readonly lines: readonly string[];
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readSharePreview(answer: Part): SharePreview {
  const bundle = member(answer, "bundle");
  return {
    incident: text(member(answer, "incident")),
    tlp: text(member(answer, "tlp")),
    blocked: list(member(answer, "blocked"), text),
    bundle: bundle.value === null ? null : members(bundle),
    lines: list(member(answer, "lines"), text),
  };
}
