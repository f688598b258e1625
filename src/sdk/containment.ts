// SPDX-License-Identifier: Apache-2.0
// Containment in the answers of the control API: orders, what every gate said of them, and findings.
import { flag, list, maybe, member, type Part, text, whole } from "./parts.ts";

/** What an order does, and to what. */
export interface OrderWish {
  readonly effect: string;
  readonly scope: { readonly kind: string; readonly id: string };
  /** For the record. */
  readonly because: string;
}

/** One order as it stands now. */
export interface OrderView {
  readonly id: string;
  readonly effect: string;
  readonly scope: { readonly kind: string; readonly id: string };
  readonly because: string;
  /** `ordered`, `effective`, `partial`, `releasing` or `released`. */
  readonly state: string;
  /** False while record or store have not taken it: it binds all the same. */
  readonly recorded: boolean;
  readonly automatic: boolean;
  /** Nothing of that name is known: it binds from the first sight on. */
  readonly standing: boolean;
  readonly by: readonly string[];
  /** RFC 3339, UTC. */
  readonly orderedAt: string;
  readonly finding: string | undefined;
  readonly points: readonly PointView[];
  /** What stands between it and its end. */
  readonly conditions: readonly ConditionView[];
}

/** What one enforcement point said. */
export interface PointView {
  readonly point: string;
  /** `acked` or `lost`. */
  readonly state: string;
  /** UNIT: ms, from the order to this. */
  readonly ms: number;
  readonly aborted: number;
  readonly bytesAfterOrder: number;
  readonly upstreamUnknown: number;
  readonly refusedProbe: boolean;
}

export interface ConditionView {
  readonly name: string;
  readonly met: boolean;
  readonly why: string;
}

/** Something that is not normal, and what was done about it. */
export interface FindingView {
  readonly id: string;
  readonly detector: string;
  readonly code: string;
  readonly severity: string;
  readonly subject: string;
  /** The newest sentence. */
  readonly reason: string;
  readonly times: number;
  /** RFC 3339, UTC. */
  readonly lastAt: string;
  readonly orders: readonly string[];
  /** What waits for a person, in words. */
  readonly waits: string | undefined;
}

/** What an identity touched, as far as the record says. */
export interface BlastView {
  readonly from: string;
  /** RFC 3339, UTC. */
  readonly since: string;
  readonly touched: readonly TouchedView[];
  /** `exact` or `at-least`. */
  readonly quality: string;
  /** Effects whose end nobody knows. */
  readonly unknownOutcomes: number;
  /** Things in which nobody looked. */
  readonly unlabelled: number;
  /** `unknown` where nobody counted. */
  readonly people: string;
}

export interface TouchedView {
  /** `read`, `wrote`, `sent` or `delegated`. */
  readonly how: string;
  readonly id: string;
  /** `undefined` where nobody looked. */
  readonly level: string | undefined;
  readonly categories: readonly string[];
  readonly times: number;
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readBlast(answer: Part): BlastView {
  return {
    from: text(member(answer, "from")),
    since: text(member(answer, "since")),
    touched: list(member(answer, "touched"), (one) => ({
      how: text(member(one, "how")),
      id: text(member(one, "id")),
      level: maybe(member(one, "level"), text),
      categories: list(member(one, "categories"), text),
      times: whole(member(one, "times")),
    })),
    quality: text(member(answer, "quality")),
    unknownOutcomes: whole(member(answer, "unknownOutcomes")),
    unlabelled: whole(member(answer, "unlabelled")),
    people: text(member(member(answer, "people"), "quality")),
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readOrders(answer: Part): readonly OrderView[] {
  return list(member(answer, "containments"), readOrder);
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readOrder(order: Part): OrderView {
  const scope = member(order, "scope");
  return {
    id: text(member(order, "id")),
    effect: text(member(order, "effect")),
    scope: { kind: text(member(scope, "kind")), id: text(member(scope, "id")) },
    because: text(member(order, "because")),
    state: text(member(order, "state")),
    recorded: flag(member(order, "recorded")),
    automatic: flag(member(order, "automatic")),
    standing: flag(member(order, "standing")),
    by: list(member(order, "by"), text),
    orderedAt: text(member(order, "orderedAt")),
    finding: maybe(member(order, "finding"), text),
    points: list(member(order, "points"), readPoint),
    conditions: list(member(order, "conditions"), readCondition),
  };
}

/** @throws SdkError SDK_ANSWER_MALFORMED */
export function readFindings(answer: Part): readonly FindingView[] {
  return list(member(answer, "findings"), readFinding);
}

function readPoint(point: Part): PointView {
  return {
    point: text(member(point, "point")),
    state: text(member(point, "state")),
    ms: decimal(member(point, "ms")),
    aborted: whole(member(point, "aborted")),
    bytesAfterOrder: whole(member(point, "bytesAfterOrder")),
    upstreamUnknown: whole(member(point, "upstreamUnknown")),
    refusedProbe: flag(member(point, "refusedProbe")),
  };
}

function readCondition(condition: Part): ConditionView {
  return {
    name: text(member(condition, "name")),
    met: flag(member(condition, "met")),
    why: text(member(condition, "why")),
  };
}

function readFinding(finding: Part): FindingView {
  const reasons = list(member(finding, "reasons"), (reason) => text(member(reason, "text")));
  const proposal = maybe(member(finding, "proposal"), (one) => {
    const scopes = list(member(one, "scopes"), text).join(", ");
    return `${text(member(one, "effect"))} ${scopes}: ${text(member(one, "why"))}`;
  });
  return {
    id: text(member(finding, "id")),
    detector: text(member(finding, "detector")),
    code: text(member(finding, "code")),
    severity: text(member(finding, "severity")),
    subject: text(member(member(finding, "subject"), "id")),
    reason: reasons.at(-1) ?? "",
    times: whole(member(finding, "times")),
    lastAt: text(member(finding, "lastAt")),
    orders: list(member(finding, "orders"), text),
    waits: proposal,
  };
}

/** A number that need not be whole. @throws SdkError SDK_ANSWER_MALFORMED */
function decimal(part: Part): number {
  const { value } = part;
  return typeof value === "number" && Number.isFinite(value) ? value : whole(part);
}
