// SPDX-License-Identifier: Apache-2.0
// Clocks of rows of the repository: terms, chains, orders, kinds, states, derivation.
import { beforeAll, describe, expect, test } from "vitest";
import { formatInstant } from "../../core/index.ts";
import { at0, type CaseInLine, caseOf, openRowsWorld, type RowsWorld } from "../testing/rows-world.ts";
import type { DutyClock } from "./clock.ts";
import type { RowClocks } from "./row-clocks.ts";

let world: RowsWorld;

beforeAll(async () => {
  world = await openRowsWorld();
}, 60_000);

function row(id: string, one: CaseInLine): RowClocks {
  return world.clocks(id, caseOf(one));
}

function clock(id: string, stage: string, one: CaseInLine): DutyClock {
  const found = row(id, one).stages.find((each) => each.stage === stage);
  if (found === undefined) throw new Error(`no such stage: ${stage}`);
  return found.clock;
}

function span({ strict, latest }: DutyClock): string {
  return `${text(strict)} to ${text(latest)}`;
}

function text(reading: DutyClock["strict"]): string {
  return reading === undefined ? "?" : formatInstant(reading.at).slice(0, 16);
}

const BREACH = { "data.personal": true, "data.confidentiality_lost": true, "risk.people": "likely" };
const CONTROLLER: CaseInLine = {
  roles: ["controller"],
  est: ["DE"],
  homeState: "DE",
  people: { DE: 9 },
  facts: BREACH,
};
const NIS2: CaseInLine = {
  roles: ["eu.essential_entity"],
  est: ["IE"],
  homeState: "IE",
  facts: { "cyber.incident": true, "cyber.significant": true, "incident.ongoing": false },
};

describe("J26: no event stands in for another", () => {
  test("a clock waits for its own event and names it", () => {
    const waiting = clock("EU-GDPR-33", "notification", {
      ...CONTROLLER,
      events: { discovery: "2026-11-02T09:00:00Z" },
    });
    expect(waiting).toMatchObject({ state: "waiting", waitingFor: ["awareness"] });
    expect(span(waiting)).toBe("? to ?");
  });
});

/** Known to the minute or hour, by clocks that are half an hour off. */
function known(precision: "minute" | "hour"): DutyClock {
  const one = caseOf(CONTROLLER);
  const at = caseOf({ events: { awareness: "2026-11-02T09:42:31Z" } }).recorded.events[0];
  if (at === undefined || at.precision === "day") throw new Error("an instant");
  const events = [{ event: at.event, at: at.at, precision, zone: "Asia/Kolkata" }];
  const [first] = world.clocks("EU-GDPR-33", { ...one, recorded: { events, submissions: [] } }).stages;
  if (first === undefined) throw new Error("it has stages");
  return first.clock;
}

describe("J27: precision", () => {
  test("what is known to the hour or minute counts from its beginning, by the clocks of its zone", () => {
    expect(span(known("minute"))).toBe("2026-11-05T09:42 to 2026-11-05T10:00");
    // 15:12 in Kolkata began at 15:00, which is 09:30
    expect(span(known("hour"))).toBe("2026-11-05T09:30 to 2026-11-05T10:00");
  });
});

describe("J44: the earliest of several terms", () => {
  const india: CaseInLine = { est: ["IN"], facts: { "cyber.incident": true } };
  const noticing = "2026-11-21T09:00:00Z";
  const told = "2026-11-20T17:30:00Z";
  test("binds, in whatever order they were recorded", () => {
    const one = clock("IN-CERTIN", "report", { ...india, events: { noticing, brought_to_notice: told } });
    const other = clock("IN-CERTIN", "report", { ...india, events: { brought_to_notice: told, noticing } });
    expect(span(one)).toBe("2026-11-20T23:30 to 2026-11-20T23:30");
    expect(span(other)).toBe(span(one));
  });
  test("those that are not recorded are named", () => {
    expect(clock("IN-CERTIN", "report", { ...india, events: { noticing } }).missing).toEqual(["brought_to_notice"]);
  });
  test("a contested start makes strict earlier and never extends latest", () => {
    const indonesia: CaseInLine = { roles: ["controller"], est: ["ID"], people: { ID: 9 }, facts: BREACH };
    const awareness = "2026-11-20T09:00:00Z";
    const earlier = clock("ID-PDP-46", "authority", {
      ...indonesia,
      events: { awareness, occurrence: "2026-11-18T03:00:00Z" },
    });
    expect(span(earlier)).toBe("2026-11-21T03:00 to 2026-11-23T09:00");
    const malaysia: CaseInLine = { ...indonesia, est: ["MY"], people: { MY: 1001 } };
    const later = clock("MY-PDPA-12B", "commissioner", {
      ...malaysia,
      events: { occurrence: "2026-11-18T03:00:00Z", awareness },
    });
    expect(span(later)).toBe("2026-11-21T03:00 to 2026-11-21T03:00");
  });
  test("a contested start alone alarms, and the clock still waits for its own", () => {
    const one = clock("ID-PDP-46", "authority", {
      roles: ["controller"],
      est: ["ID"],
      people: { ID: 9 },
      facts: BREACH,
      events: { occurrence: "2026-11-18T03:00:00Z" },
    });
    expect(one).toMatchObject({ state: "waiting", waitingFor: ["awareness"] });
    expect(span(one)).toBe("2026-11-21T03:00 to ?");
  });
});

const SIGNIFICANT = { awareness_significant: "2026-09-23T08:00:00Z" };

function finalAfter(notified: string): string {
  const filed: CaseInLine["filed"] = [["EU-NIS2-23", "notification", notified]];
  return span(clock("EU-NIS2-23", "final", { ...NIS2, events: SIGNIFICANT, filed }));
}

type Filed = NonNullable<CaseInLine["filed"]>;

function filedTwice(stage: string): Filed {
  return [
    ["EU-DORA-19", stage, "2026-09-14T10:00:00Z"],
    ["EU-DORA-19", stage, "2026-09-21T10:00:00Z"],
  ];
}

function filedInVermont(stage: string, at: string): Filed[number] {
  return ["US-VT-2435", stage, at];
}

function filedGdpr(at: string): CaseInLine {
  return { filed: [["EU-GDPR-33", "notification", at]] };
}

describe("J45: chains", () => {
  test("before the filing the clock waits, with a projection marked as such", () => {
    const waiting = clock("EU-NIS2-23", "final", { ...NIS2, events: SIGNIFICANT });
    expect(waiting).toMatchObject({ state: "waiting", waitingFor: ["submission"] });
    // notified on the last instant of strict, 26 September, so a month later; its end in Dublin after the clocks went back
    expect(waiting.projected).toBe(Date.UTC(2026, 9, 27));
  });
  test("an early filing makes the next deadline earlier", () => {
    expect(finalAfter("2026-09-25T11:00:00Z")).toBe("2026-10-26T00:00 to 2026-10-28T00:00");
    expect(finalAfter("2026-09-23T11:00:00Z")).toBe("2026-10-23T23:00 to 2026-10-23T23:00");
  });
  test("of several filings the first counts, unless the row asks for the latest", () => {
    const dora: CaseInLine = {
      roles: ["eu.financial_entity"],
      est: ["IE"],
      homeState: "IE",
      facts: { "ops.incident": true, "dora.classified_major": true },
    };
    expect(span(clock("EU-DORA-19", "intermediate", { ...dora, filed: filedTwice("initial") }))).toBe(
      "2026-09-17T10:00 to 2026-09-17T11:00",
    );
    expect(span(clock("EU-DORA-19", "final", { ...dora, filed: filedTwice("intermediate") }))).toBe(
      "2026-10-21T23:00 to 2026-10-21T23:00",
    );
  });
});

describe("J46: order", () => {
  const vermont: CaseInLine = {
    roles: ["controller"],
    est: ["US-VT"],
    serves: ["US-VT"],
    people: { "US-VT": 9 },
    facts: {
      "data.personal": true,
      "data.acquired": true,
      "data.unsecured": true,
      "data.us_breach_elements": true,
      "entity.public_body": false,
    },
    events: { discovery: "2026-11-30T15:00:00Z" },
  };
  test("once the other stage is filed first, the clock ends there, and the order is broken", () => {
    const one: CaseInLine = { ...vermont, filed: [filedInVermont("individuals", "2026-12-09T15:00:00Z")] };
    expect(span(clock("US-VT-2435", "ag", one))).toBe("2026-12-09T15:00 to 2026-12-09T15:00");
    expect(row("US-VT-2435", one).violations).toMatchObject([{ stage: "individuals", needsFirst: "ag" }]);
  });
  test("filed in order it runs by its duration", () => {
    const one: CaseInLine = {
      ...vermont,
      filed: [filedInVermont("ag", "2026-12-09T14:00:00Z"), filedInVermont("individuals", "2026-12-09T15:00:00Z")],
    };
    expect(span(clock("US-VT-2435", "ag", one))).toBe("2026-12-19T00:00 to 2026-12-19T05:00");
    expect(row("US-VT-2435", one).violations).toEqual([]);
  });
  test("without a duration an order makes no clock", () => {
    const one: CaseInLine = { ...vermont, est: ["US-MD"], serves: ["US-MD"], people: { "US-MD": 9 } };
    expect(clock("US-MD-143504", "ag", one)).toMatchObject({ state: "none", readings: [] });
  });
});

describe("J13: kinds", () => {
  const events = {
    awareness: "2026-11-20T09:00:00Z",
    detection: "2026-11-20T09:00:00Z",
    suspicion: "2026-11-20T09:00:00Z",
  };
  const kind = (id: string, stage: string, one: CaseInLine): string => clock(id, stage, { events, ...one }).kind;
  test("hard only if everything holds", () => {
    expect(kind("EU-GDPR-33", "notification", CONTROLLER)).toBe("hard");
    expect(kind("EU-GDPR-33", "notification", { ...CONTROLLER, reviewed: false })).toBe("provisional");
    const device: CaseInLine = {
      roles: ["medical_device_manufacturer"],
      est: ["DE"],
      homeState: "DE",
      facts: { "device.serious_incident": true },
    };
    expect(kind("EU-MDR-87", "report", device)).toBe("provisional");
    const taiwan: CaseInLine = { roles: ["tw.government_agency"], facts: { "cyber.incident": true } };
    expect(kind("TW-CSMA", "notify", taiwan)).toBe("provisional");
  });
  test("what does not bind by law is shown as what it is", () => {
    const japan: CaseInLine = {
      roles: ["controller"],
      est: ["JP"],
      people: { JP: 1001 },
      facts: { ...BREACH, "data.unsecured": true },
    };
    expect(kind("JP-APPI-26", "preliminary", japan)).toBe("guidance");
    const australia: CaseInLine = { roles: ["au.app_entity"], est: ["AU"], people: { AU: 9 }, facts: BREACH };
    expect(kind("AU-NDB", "assessment", australia)).toBe("assessment");
  });
  test("a row that is not reviewed runs all the same, and says why it is not hard", () => {
    const one = clock("EU-GDPR-33", "notification", { ...CONTROLLER, events, reviewed: false });
    expect(one.strict).toBeDefined();
    expect(one.derivation.map(({ says }) => says)).toContain("provisional, since nobody enabled the row");
  });
});

describe("J47: no number, no clock", () => {
  const high: CaseInLine = {
    ...CONTROLLER,
    facts: { ...BREACH, "risk.people": "high", "data.unsecured": true, "harm.remedied": false },
  };
  const told = { awareness: "2026-11-10T09:12:00Z" };
  test("the words of the law, and its start is asked", () => {
    const one = clock("EU-GDPR-34", "individuals", high);
    expect(one).toMatchObject({ state: "none", missing: ["awareness"], readings: [] });
    expect(one.derivation[0]?.says).toContain("without undue delay");
  });
  test("a target of one's own is shown as that", () => {
    const targets = new Map([["EU-GDPR-34/individuals", "P3D"]]);
    const [found] = world.clocks("EU-GDPR-34", { ...caseOf({ ...high, events: told }), targets }).stages;
    expect(found?.clock).toMatchObject({ kind: "target" });
    // Friday 13 November ends in Berlin at 23:00 UTC
    expect(formatInstant(found?.clock.strict?.at ?? at0("1970-01-01T00:00:00Z")).slice(0, 16)).toBe("2026-11-13T23:00");
    const law = new Map([["EU-GDPR-33/notification", "PT1H"]]);
    const [notification] = world.clocks("EU-GDPR-33", {
      ...caseOf({ ...CONTROLLER, events: told }),
      targets: law,
    }).stages;
    expect(notification?.clock.kind).toBe("hard");
  });
});

test("J45: of two stages that a month can start from, the one that applies", () => {
  const trust: CaseInLine = {
    ...NIS2,
    roles: ["eu.essential_entity", "trust_service_provider"],
    facts: { ...NIS2.facts, "trust.service_affected": true },
  };
  const filed: CaseInLine["filed"] = [
    ["EU-NIS2-23", "notification", "2026-10-01T10:00:00Z"],
    ["EU-NIS2-23", "notification_trust", "2026-10-05T10:00:00Z"],
  ];
  expect(span(clock("EU-NIS2-23", "final", { ...trust, filed }))).toBe("2026-11-06T00:00 to 2026-11-06T00:00");
});

describe("J43: states", () => {
  const events = { awareness: "2026-11-10T09:12:00Z" };
  const state = (more: CaseInLine): string =>
    clock("EU-GDPR-33", "notification", { ...CONTROLLER, events, ...more }).state;
  test("of a clock that nobody answered", () => {
    expect(state({ now: "2026-11-13T09:12:00Z" })).toBe("running");
    expect(state({ now: "2026-11-13T09:12:01Z" })).toBe("strict-passed");
    expect(state({ now: "2026-11-13T09:59:59Z" })).toBe("strict-passed");
    expect(state({ now: "2026-11-13T10:00:00Z" })).toBe("late");
  });
  test("of one that was", () => {
    expect(state(filedGdpr("2026-11-13T09:12:00Z"))).toBe("met");
    expect(state(filedGdpr("2026-11-13T09:30:00Z"))).toBe("met-after-strict");
    expect(state(filedGdpr("2026-11-13T10:00:00Z"))).toBe("late");
  });
  test("J31: of one that an exemption releases, and of one that only may be", () => {
    const risk = (value: string): CaseInLine => ({ facts: { ...BREACH, "risk.people": value } });
    expect(state(risk("unlikely"))).toBe("released");
    expect(state(risk("high"))).toBe("late");
    const { "risk.people": _, ...open } = BREACH;
    expect(state({ facts: open })).toBe("late");
    expect(clock("EU-GDPR-33", "register", { ...CONTROLLER, ...risk("unlikely"), events }).state).toBe("none");
  });
  test("J34: of one of which it is open whether it applies", () => {
    const facts = { "data.personal": true };
    const open = clock("EU-GDPR-33", "notification", { ...CONTROLLER, facts, events });
    expect(open.state).toBe("shadow");
    expect(span(open)).toBe("2026-11-13T09:12 to 2026-11-13T10:00");
  });
});

describe("J7: dates", () => {
  test("before its first day a row starts no clock, from that day it does", () => {
    const maker: CaseInLine = {
      roles: ["manufacturer"],
      est: ["DE"],
      homeState: "DE",
      facts: { "vuln.actively_exploited": true, "product.eu_market": true },
    };
    expect(
      clock("EU-CRA-14-VULN", "early_warning", { ...maker, events: { awareness: "2026-09-10T21:59:00Z" } }).state,
    ).toBe("none");
    expect(
      clock("EU-CRA-14-VULN", "early_warning", { ...maker, events: { awareness: "2026-09-10T22:00:00Z" } }).state,
    ).not.toBe("none");
  });
  test("a row that ran out goes on as provisional", () => {
    const pipe: CaseInLine = {
      roles: ["us.tsa_pipeline"],
      facts: { "cyber.incident": true },
      events: { identification: "2027-01-16T15:00:00Z" },
    };
    expect(row("US-TSA-PIPE", pipe).standing).toBe("expired");
    expect(clock("US-TSA-PIPE", "report", pipe).kind).toBe("provisional");
  });
});

test("J35: as long as the home state is unknown, the earliest of those that it can be", () => {
  const maker: CaseInLine = {
    roles: ["manufacturer"],
    facts: { "product.severe_incident": true, "product.eu_market": true },
  };
  const filed: CaseInLine["filed"] = [["EU-CRA-14-INC", "notification", "2026-12-01T09:00:00Z"]];
  const final = (more: CaseInLine): string => span(clock("EU-CRA-14-INC", "final", { ...maker, filed, ...more }));
  expect(final({ est: ["IE"] })).toBe("2027-01-02T00:00 to 2027-01-05T00:00");
  expect(final({ est: ["FI"] })).toBe("2027-01-01T22:00 to 2027-01-04T22:00");
  expect(final({ est: ["IE", "FI"] })).toBe("2027-01-01T22:00 to 2027-01-04T22:00");
  expect(final({ est: ["IE", "FI"], homeState: "IE" })).toBe("2027-01-02T00:00 to 2027-01-05T00:00");
});

test("J48: the derivation says event, rule, zone, what was skipped and every reading", () => {
  const filed: CaseInLine["filed"] = [["EU-NIS2-23", "notification", "2026-09-25T11:00:00Z"]];
  const says = clock("EU-NIS2-23", "final", { ...NIS2, filed })
    .derivation.map((step) => step.says)
    .join("\n");
  for (const part of [
    "submission 2026-09-25 12:00 Europe/Dublin",
    "P1M by reckoning eu_1182_71",
    "calendar IE",
    "2026-10-25 is closed: weekend",
    "2026-10-26 is closed",
    "shifted: end of 2026-10-27",
    "utc: end of 2026-10-25 UTC",
  ]) {
    expect(says).toContain(part);
  }
});

test("J48: the derivation carries the entries that show the event", () => {
  const one = caseOf(CONTROLLER);
  const events = [
    { event: "awareness", at: at0("2026-11-10T09:12:00Z"), precision: "exact" as const, evidence: ["entry-7"] },
  ];
  const [first] = world.clocks("EU-GDPR-33", { ...one, recorded: { events, submissions: [] } }).stages;
  expect(first?.clock.derivation.find(({ step }) => step === "event")).toMatchObject({ evidence: ["entry-7"] });
});

test("J50: equal input gives equal output", () => {
  const one: CaseInLine = { ...CONTROLLER, events: { awareness: "2026-11-10T09:12:00Z" } };
  expect(JSON.stringify(clock("EU-GDPR-33", "notification", one))).toBe(
    JSON.stringify(clock("EU-GDPR-33", "notification", one)),
  );
});
