// SPDX-License-Identifier: Apache-2.0
// Reckonings, each with the figures that the law's own examples, or a wall calendar, give.
import path from "node:path";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { formatInstant, instant, parseInstant } from "../../core/index.ts";
import { loadRegimes } from "../regimes/load.ts";
import { drawTasks, engine } from "../testing/draws.ts";
import type { Calendar } from "./calendar.ts";
import { anchorAt, count } from "./count.ts";
import { dayNumber, parseDay, plusDays } from "./days.ts";
import { parseDuration } from "./duration.ts";
import { type Basis, limitsOf } from "./reading.ts";
import { type RollGrant, rollGrant } from "./reckoning.ts";
import { loadShelf, type Shelf } from "./shelf.ts";

const DIR = path.join(import.meta.dirname, "..", "..", "..", "regulations");
/** `npm run conformance:clocks` draws more. */
const DRAWS = 2_000;
const GRANTED: RollGrant = { granted: true };
const REFUSED: RollGrant = { granted: false, why: "told so", asks: [] };
let shelf: Shelf;
let keys: readonly string[];

beforeAll(async () => {
  const regimes = await loadRegimes(DIR);
  keys = [...regimes.reckonings.keys()];
  shelf = await loadShelf(DIR, regimes.calendars.values());
}, 60_000);

interface Asked {
  readonly from: string;
  readonly for: string;
  readonly by?: string;
  readonly in: string;
  readonly business?: boolean;
  readonly grant?: RollGrant;
}

function counted(asked: Asked): ReturnType<typeof count> {
  const by = {
    reckoning: shelf.reckoning(asked.by ?? "plain"),
    grant: asked.grant ?? GRANTED,
    place: shelf.place(asked.in),
  };
  const period = {
    duration: parseDuration(asked.for),
    dayCount: asked.business === true ? "business" : "calendar",
  } as const;
  return count(anchorAt("awareness", parseInstant(`${asked.from}.000Z`)), period, by);
}

function minute(at: number | undefined): string {
  return at === undefined ? "?" : formatInstant(instant(at)).slice(0, 16);
}

/** `strict to latest` */
function limits(asked: Asked): string {
  const found = limitsOf(counted(asked));
  return `${minute(found?.strict.at)} to ${minute(found?.latest?.at)}`;
}

function reading(asked: Asked, basis: Basis): string | undefined {
  const found = counted(asked).readings.find((one) => one.basis === basis);
  return found === undefined ? undefined : formatInstant(found.at).slice(0, 16);
}

test("J37: hours are elapsed time, whatever the clocks do", () => {
  expect(limits({ from: "2027-03-27T11:00:00", for: "PT24H", in: "FR" })).toBe("2027-03-28T11:00 to 2027-03-28T11:00");
});

test("J38: days end with the last local day, the event's not counted", () => {
  // Sunday 22 November in UTC, still Saturday in California
  expect(limits({ from: "2026-11-22T02:10:00", for: "P30D", in: "US-CA" })).toBe(
    "2026-12-22T08:00 to 2026-12-22T08:00",
  );
  expect(limits({ from: "2026-09-01T12:00:00", for: "P4D", in: "CL" })).toBe("2026-09-06T00:00 to 2026-09-06T04:00");
});

test("J38: the Japanese guideline counts the day of knowledge, and the year end is closed", () => {
  const asked = { from: "2026-12-01T03:00:00", for: "P30D", in: "JP", by: "jp_ppc" };
  expect(limits(asked)).toBe("2026-12-30T15:00 to 2027-01-04T15:00");
  expect(limits({ ...asked, grant: REFUSED })).toBe("2026-12-30T15:00 to 2026-12-30T15:00");
});

test("J39: a second count on UTC dates only ever makes it earlier", () => {
  const asked = { from: "2026-11-22T02:10:00", for: "P3D", in: "BR", business: true };
  expect(limits(asked)).toBe("2026-11-26T00:00 to 2026-11-26T03:00");
  expect(reading(asked, "utc")).toBe("2026-11-26T00:00");
  expect(
    reading({ from: "2026-09-02T19:00:00", for: "P4D", in: "US-SEC", business: true, by: "sec_edgar" }, "utc"),
  ).toBeUndefined();
});

describe("J40: business days", () => {
  const filing = { for: "P4D", in: "US-SEC", business: true, by: "sec_edgar" };
  test("over a holiday, until half past five", () => {
    expect(limits({ ...filing, from: "2026-09-02T19:00:00" })).toBe("2026-09-09T21:30 to 2026-09-09T21:30");
  });
  test("from a closed day the count begins on, and includes, the next open one", () => {
    expect(limits({ ...filing, from: "2027-01-16T15:00:00" })).toBe("2027-01-22T22:30 to 2027-01-22T22:30");
  });
  test("from an open day with the day after it", () => {
    expect(limits({ ...filing, from: "2027-01-19T15:00:00" })).toBe("2027-01-25T22:30 to 2027-01-25T22:30");
  });
  test("without holiday data the latest is withheld, and weekends alone are skipped", () => {
    expect(limits({ from: "2026-11-19T09:00:00", for: "P2D", in: "QA", business: true })).toBe("2026-11-23T21:00 to ?");
  });
});

describe("J41: Reg. 1182/71", () => {
  const eu = { by: "eu_1182_71", in: "DE" };
  test("the hour of the event is not counted, for the latest reading", () => {
    expect(limits({ ...eu, from: "2026-12-22T11:17:00", for: "PT72H" })).toBe("2026-12-25T11:17 to 2026-12-25T12:00");
    expect(limits({ ...eu, from: "2026-12-06T08:00:00", for: "PT72H" })).toBe("2026-12-09T08:00 to 2026-12-09T09:00");
  });
  test("a last day on a Sunday moves, and strict stays", () => {
    expect(limits({ ...eu, from: "2026-09-20T10:00:00", for: "P14D" })).toBe("2026-10-04T22:00 to 2026-10-05T22:00");
  });
  test("two days hold two working days", () => {
    expect(limits({ ...eu, from: "2027-12-03T09:00:00", for: "P2D" })).toBe("2027-12-05T23:00 to 2027-12-07T23:00");
    expect(limits({ ...eu, from: "2027-12-02T09:00:00", for: "P2D" })).toBe("2027-12-04T23:00 to 2027-12-06T23:00");
    expect(limits({ ...eu, from: "2027-12-01T09:00:00", for: "P2D" })).toBe("2027-12-03T23:00 to 2027-12-03T23:00");
    expect(limits({ ...eu, from: "2027-12-03T09:00:00", for: "P1D" })).toBe("2027-12-04T23:00 to 2027-12-06T23:00");
  });
  test("for hours that is contested: shown, and extends nothing", () => {
    const asked = { ...eu, from: "2026-12-24T10:00:00", for: "PT72H" };
    expect(reading(asked, "contested")).toBe("2026-12-29T23:00");
    expect(limits(asked)).toBe("2026-12-27T10:00 to 2026-12-27T11:00");
    expect(reading({ ...asked, for: "PT24H" }, "contested")).toBeUndefined();
  });
  test("a bank holiday is a contested reading", () => {
    const asked = { ...eu, from: "2026-12-10T10:00:00", for: "P14D" };
    expect(limits(asked)).toBe("2026-12-24T23:00 to 2026-12-24T23:00");
    expect(reading(asked, "contested")).toBe("2026-12-28T23:00");
  });
});

function bank(role: string): boolean {
  return role === "eu.credit_institution";
}

describe("J42: Del. Reg. (EU) 2025/301", () => {
  const dora = { by: "eu_dora_2025_301", in: "IE", from: "2026-09-11T19:30:00", for: "PT4H" };
  test("a limit on a weekend day moves to noon of the next working day", () => {
    expect(limits(dora)).toBe("2026-09-11T23:30 to 2026-09-14T11:00");
    expect(limits({ ...dora, grant: REFUSED })).toBe("2026-09-11T23:30 to 2026-09-12T00:00");
    expect(limits({ ...dora, from: "2026-09-17T10:00:00", for: "P1M" })).toBe("2026-10-17T23:00 to 2026-10-19T11:00");
  });
  test("a limit at the last minutes of Friday stays there", () => {
    expect(limits({ ...dora, from: "2026-09-11T18:40:00" })).toBe("2026-09-11T22:40 to 2026-09-11T23:00");
  });
  test("not for banks in the first two reports, and not granted as long as it is unknown", () => {
    const { roll } = shelf.reckoning("eu_dora_2025_301");
    if (roll === undefined) throw new Error("it rolls");
    expect(rollGrant(roll, "initial", bank)).toMatchObject({ granted: false, asks: [] });
    expect(rollGrant(roll, "final", bank)).toEqual({ granted: true });
    expect(rollGrant(roll, "initial", () => false)).toEqual({ granted: true });
    const open = rollGrant(roll, "intermediate", (role) => (role === "eu.trading_venue" ? undefined : false));
    expect(open).toMatchObject({ granted: false, asks: ["role(eu.trading_venue)"] });
  });
});

describe("J48: a second implementation", () => {
  test("agrees on random draws", () => {
    expect(drawTasks(DRAWS, 71, keys.map(shelf.reckoning)).differences).toEqual([]);
  }, 60_000);
  test("would say if one day were missing somewhere", () => {
    const wrong = drawTasks(100, 71, [shelf.reckoning("plain")], (task, by) => engine({ ...task, n: task.n + 1 }, by));
    expect(wrong.differences.length).toBeGreaterThan(50);
    const unrounded = drawTasks(200, 71, [shelf.reckoning("eu_1182_71")], (task, by) =>
      engine(task, { ...by, hours: "exact" }),
    );
    expect(unrounded.differences.length).toBeGreaterThan(20);
    const stays = drawTasks(400, 71, [shelf.reckoning("roll_forward")], (task, by) =>
      engine(task, { ...by, roll: undefined }),
    );
    expect(stays.differences.length).toBeGreaterThan(20);
  }, 60_000);
});

const PERIOD = fc.record({
  unit: fc.constantFrom("days", "months", "elapsed"),
  n: fc.integer({ min: 1, max: 40 }),
  business: fc.boolean(),
  from: fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2060, 0, 1) }),
  key: fc.integer({ min: 0, max: 5 }),
  holidays: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 10 }),
});

function withHolidays(from: number, offsets: readonly number[]): Calendar {
  const first = dayNumber(Math.floor(from / 86_400_000));
  const closed = new Map(offsets.map((offset) => [plusDays(first, offset), "closed"] as const));
  return {
    key: "X",
    zone: "Europe/Paris",
    weekend: new Set([5, 6]),
    holidays: () => ({ closed, doubtful: new Map() }),
  };
}

function limitsWith(
  calendar: Calendar,
  drawn: { unit: string; n: number; business: boolean; from: number; key: number },
): { strict: number; latest: number } {
  const { unit, n } = drawn;
  const duration =
    unit === "elapsed"
      ? ({ unit, ms: n * 7_200_000 } as const)
      : ({ unit: unit === "days" ? "days" : "months", n } as const);
  const period = { duration, dayCount: drawn.business && unit === "days" ? "business" : "calendar" } as const;
  const by = {
    reckoning: shelf.reckoning(keys[drawn.key] ?? "plain"),
    grant: GRANTED,
    place: { zone: "Europe/Paris", calendar },
  };
  const found = limitsOf(count(anchorAt("awareness", instant(drawn.from)), period, by));
  if (found?.latest === undefined) throw new Error("no limits");
  return { strict: found.strict.at, latest: found.latest.at };
}

test("J43: strict is never after latest; one more holiday never makes latest earlier, nor strict later than a roll allows", () => {
  fc.assert(
    fc.property(PERIOD, fc.integer({ min: 1, max: 60 }), (drawn, more) => {
      const before = limitsWith(withHolidays(drawn.from, drawn.holidays), drawn);
      const after = limitsWith(withHolidays(drawn.from, [...new Set([...drawn.holidays, more])]), drawn);
      expect(before.strict).toBeLessThanOrEqual(before.latest);
      expect(after.latest).toBeGreaterThanOrEqual(before.latest);
      // business days alone are skipped before a roll
      expect(drawn.business || after.strict === before.strict).toBe(true);
    }),
  );
});

test("J43: one more reading never makes strict later", () => {
  const bases: readonly Basis[] = ["exact", "local", "utc", "shifted", "rounded", "contested"];
  const one = fc.record({
    at: fc.integer({ min: 0, max: 1000 }).map(instant),
    ends: fc.constant("at" as const),
    zone: fc.constant("UTC"),
    basis: fc.constantFrom(...bases),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), one, (readings, more) => {
      const before = limitsOf({ readings, complete: true });
      const after = limitsOf({ readings: [...readings, more], complete: true });
      expect(after?.strict.at).toBeLessThanOrEqual(before?.strict.at ?? 0);
      const settled = more.basis !== "contested" && more.basis !== "utc";
      expect(settled || after?.latest?.at === before?.latest?.at).toBe(true);
    }),
  );
});

test("a duration is one count or elapsed time, and nothing else", () => {
  expect(parseDuration("PT15M")).toEqual({ unit: "elapsed", ms: 900_000 });
  expect(parseDuration("PT1H30M")).toEqual({ unit: "elapsed", ms: 5_400_000 });
  expect(parseDuration("P2W")).toEqual({ unit: "days", n: 14 });
  expect(parseDuration("P1Y")).toEqual({ unit: "months", n: 12 });
  for (const text of ["P", "PT", "P1M2D", "P1DT2H", "72 hours", "PT-2H", "P1.5D"]) {
    expect(() => parseDuration(text), text).toThrow("reading duration");
  }
  expect(parseDay("2026-11-22")).toBe(20_779);
});
