// SPDX-License-Identifier: Apache-2.0
// A duty as a file states it (prove J3): the members are those of `<jurisdiction>/<instrument>.yaml`, and `null` stays what
// it is there: "no number in the law" for a duration, "no date known" for a first day. Nothing here says what a member does.
import type { Brand } from "../../core/index.ts";
import type { Evaluate } from "../case/verdict.ts";
import type { Expr } from "./expression.ts";

/** Id of a duty, `<jurisdiction>-<instrument>-<article>`; never used again. */
export type RowId = string;
/** Name of a clock event of `facts.yaml`. */
export type EventId = string;
/** Name of a fact of `facts.yaml`. */
export type FactPath = string;
/** A day of a calendar on a wall, `2027-01-31`, without a zone. Two of them compare as text. */
export type LocalDay = Brand<string, "LocalDay">;
/** ISO 8601, `PT72H`, `P10D` or `P1M`. Its meaning is the reckoning's. */
export type IsoDuration = string;
/** IANA name of a zone, or {@link HOME_STATE}. */
export type ZoneName = string;
/** Key of a calendar file, or {@link HOME_STATE}. */
export type CalendarKey = string;

/** In the place of a zone or calendar: those of the Member State whose authority is told. */
export const HOME_STATE = "home_state";

export type DutyStatus =
  | "in_force"
  | "in_force_via_transposition"
  | "adopted_effect_deferred"
  | "adopted_not_yet_applicable"
  | "enacted_not_in_force"
  | "statute_in_force_duty_awaits_final_rule"
  | "bill"
  | "phased_not_confirmed"
  | "not_yet_applicable"
  | "superseded"
  | "voluntary"
  | "no_duty";
export type Confidence = "high" | "medium" | "low";
export type Verified = "primary_text" | "secondary_multiple" | "secondary_single" | "unsourced";
/** What a figure is that no statute makes binding. */
export type Binding = "guidance" | "voluntary_code" | "draft" | "assessment_window";
export type DayCount = "calendar" | "business";

/** One term of `op: earliest`, or what an override puts in its place. */
export interface Term {
  readonly after: EventId;
  readonly duration: IsoDuration;
}

/** Another reading of where the clock starts, which no authority has settled. */
export interface Contested {
  readonly from: EventId;
  readonly from_stage?: string | undefined;
  readonly why: string;
}

/** What holds instead of the terms, when recorded events compare so: `classification_major > awareness + PT24H`. */
export interface Override {
  readonly if: string;
  readonly then: Term;
  readonly cite: string;
}

/** A figure that an authority expects, without binding force. */
export interface Expectation {
  readonly duration: IsoDuration;
  readonly from: EventId;
  readonly of: string;
}

/** Which filing comes before, or together with, the one of another stage of the row. */
export interface Order {
  readonly before_stage?: string | undefined;
  readonly with_stage?: string | undefined;
}

interface DueCommon {
  /** The law's own words, where it has words and no number, or words beside the number. */
  readonly standard?: string | undefined;
  readonly contested?: readonly Contested[] | undefined;
  readonly order?: Order | undefined;
  readonly expectation?: Expectation | undefined;
}

/** One anchor; `duration: null` where the law has no number. */
export interface DuePlain extends DueCommon {
  readonly op?: undefined;
  readonly duration: IsoDuration | null;
  /** Absent only where there is no duration either. */
  readonly from?: EventId | undefined;
  /** Stages whose recorded filing is the event, for `from: submission`; of several, whichever applies. */
  readonly from_stage?: string | readonly string[] | undefined;
  /** The latest filing of that stage instead of its first. */
  readonly which?: "latest" | undefined;
  /** `calendar` where it is absent. */
  readonly day_count?: DayCount | undefined;
  /** Event whose year is meant, for `from: end_of_calendar_year`. */
  readonly of?: EventId | undefined;
}

/** Several anchors: the earliest of those whose event is recorded binds. */
export interface DueEarliest extends DueCommon {
  readonly op: "earliest";
  readonly terms: readonly Term[];
  readonly override?: Override | undefined;
  readonly day_count?: DayCount | undefined;
}

export type Due = DuePlain | DueEarliest;

/** One thing to hand in, to one recipient. */
export interface Stage {
  readonly stage: string;
  /** Who is told, in words. */
  readonly to: string;
  readonly due: Due;
  readonly applies_when?: string | undefined;
  readonly unless?: string | undefined;
  /** Where it is there, it stands for the row's own day, for this stage. */
  readonly in_force_from?: LocalDay | undefined;
  readonly in_force_until?: LocalDay | undefined;
  /** Absent: statutory. */
  readonly binding?: Binding | undefined;
  /** `authority`: the stage binds a chain of authorities and makes no clock for the one who reports. */
  readonly binds?: "authority" | undefined;
  readonly content?: readonly string[] | undefined;
  readonly channel?: string | undefined;
  readonly applies_if_text?: string | undefined;
  readonly reports_delay?: string | undefined;
  readonly form?: string | undefined;
  readonly note?: string | undefined;
}

/** One duty of one instrument. `jurisdiction` and `instrument` stand once at the head of its file. */
export interface Duty {
  readonly id: RowId;
  readonly jurisdiction: string;
  readonly instrument: string;
  readonly citation: string;
  readonly family: string;
  /** Who must, and on what, in the words of the law; `applies_when` is what is evaluated. */
  readonly obliged: Readonly<Record<string, unknown>>;
  readonly trigger: Readonly<Record<string, unknown>>;
  readonly applies_when: string;
  readonly unless?: string | undefined;
  readonly stages: readonly Stage[];
  /** Name of a reckoning of `facts.yaml`. */
  readonly reckoning: string;
  readonly zone: ZoneName;
  readonly calendar: CalendarKey;
  readonly in_force_from: LocalDay | null;
  /** Last day on which the row holds. */
  readonly in_force_until?: LocalDay | undefined;
  readonly in_force_note?: string | undefined;
  /** `fixed`: the row starts by itself on `in_force_from`. `unknown`: nobody has set the day. */
  readonly commencement?: "fixed" | "unknown" | undefined;
  readonly status: DutyStatus;
  /** Row that this one replaces, in its own Member State only. */
  readonly transposes?: RowId | undefined;
  readonly territories?: string | undefined;
  readonly delay_or_exemption?: string | undefined;
  readonly penalty?: string | undefined;
  readonly pending_change?: string | undefined;
  readonly interplay?: string | undefined;
  readonly notes?: string | undefined;
  readonly review_note?: string | undefined;
  readonly confidence: Confidence;
  readonly verified: Verified;
  /** Keys of the sources at the head of the file. */
  readonly sources: readonly string[];
  /** The only state that this version takes: it cannot check the signatures that enable a row (prove J12). */
  readonly review: "unreviewed";
}

/** An expression that was parsed, and what it says of a case. */
export interface Condition {
  readonly expr: Expr;
  readonly evaluate: Evaluate;
}

/** A stage of a {@link Row}: its text, and its conditions parsed. */
export interface RowStage {
  readonly stage: Stage;
  readonly appliesWhen?: Condition | undefined;
  readonly unless?: Condition | undefined;
}

/** A duty that was read, checked and parsed. */
export interface Row {
  readonly duty: Duty;
  readonly appliesWhen: Condition;
  readonly unless?: Condition | undefined;
  readonly stages: readonly RowStage[];
  /** Rows that stand in the place of this one, each in its own Member State. */
  readonly replacedBy: readonly RowId[];
  readonly sources: readonly Source[];
  /** Day after which a person should have looked at the file again. */
  readonly reviewBy: LocalDay;
  /** File below `regulations/`. */
  readonly file: string;
}

/** Where a row was read. */
export interface Source {
  readonly name: string;
  readonly kind: string;
  readonly ref: string;
}

/** How hours and days are counted: a reckoning of `facts.yaml`, with the members of that file. */
export interface Reckoning {
  /** What is not said here is taken from that one. */
  readonly extends?: string | undefined;
  readonly cite?: string | undefined;
  readonly source?: string | undefined;
  /** `exact`, or what strict and latest are where they differ. */
  readonly hours?: "exact" | { readonly strict: string; readonly latest: string } | undefined;
  /** `exclude_event_day`, `include_event_day`, or a sentence. */
  readonly days?: string | undefined;
  /** How a last day that is closed moves; `null`: it does not. */
  readonly roll?: string | null | undefined;
  readonly min_two_working_days?: { readonly for: string; readonly hours: string } | undefined;
  readonly not_for?:
    | { readonly stages?: readonly string[] | undefined; readonly roles?: readonly string[] | undefined }
    | undefined;
  readonly unknown_role?: string | undefined;
  /** `17:30 America/New_York`: a filing counts for the day until then. */
  readonly day_end?: string | undefined;
}

export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** `calendars/<key>.yaml` (prove J9). */
export interface CalendarFile {
  readonly key: CalendarKey;
  readonly zone: ZoneName;
  readonly weekend: readonly Weekday[];
  /** Key of the holiday data: a country, or a country and a region, `GB-ENG`. */
  readonly base: string;
  /** Corrections, each with what it rests on. */
  readonly add?: readonly CalendarDay[] | undefined;
  readonly remove?: readonly CalendarDay[] | undefined;
  /** Days on which only some are closed: they give a contested reading and no other. */
  readonly optional?: readonly CalendarDay[] | undefined;
  readonly day_end?: string | undefined;
  readonly cite?: string | undefined;
}

export interface CalendarDay {
  readonly day: LocalDay;
  readonly name: string;
  readonly cite: string;
}

/** Two duties, or a duty and a kind of filing, that cannot both be done without a person's choice (prove J66). */
export interface ConflictRow {
  readonly id: string;
  readonly between: readonly string[];
  readonly when?: string | undefined;
  readonly what: string;
  readonly decision: string;
}
