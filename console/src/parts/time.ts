// SPDX-License-Identifier: Apache-2.0
// Instants as a person reads them: by default in UTC, and always with the zone's name.

export type Zone = "utc" | "mine";

const CLOCKS: Readonly<Record<Zone, Intl.DateTimeFormat>> = {
  utc: clock("UTC"),
  mine: clock(undefined),
};

function clock(timeZone: string | undefined): Intl.DateTimeFormat {
  const parts = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat("en-GB", { ...parts, ...(timeZone === undefined ? {} : { timeZone }) });
}

const DAYS: Readonly<Record<Zone, Intl.DateTimeFormat>> = {
  utc: new Intl.DateTimeFormat("en-CA", { timeZone: "UTC" }),
  mine: new Intl.DateTimeFormat("en-CA"),
};

/** `10:02:11`. @param at - epoch ms */
export function clockTime(at: number, zone: Zone): string {
  return CLOCKS[zone].format(at);
}

/** `10:02`. @param at - epoch ms */
export function shortTime(at: number, zone: Zone): string {
  return clockTime(at, zone).slice(0, 5);
}

/** `2026-12-06 10:02:11 UTC`. @param at - epoch ms */
export function wholeTime(at: number, zone: Zone): string {
  return `${DAYS[zone].format(at)} ${clockTime(at, zone)} ${zoneName(at, zone)}`;
}

/** `UTC`, or what the browser calls its own zone at that instant. */
export function zoneName(at: number, zone: Zone): string {
  if (zone === "utc") return "UTC";
  if (Number.isNaN(at)) return "local";
  const parts = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(at);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "local";
}

/** How long, in the two largest units: `19 s`, `4 min 5 s`, `2 h 10 min`, `3 d 4 h`; never below 0. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [d, h, min, s] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  if (d > 0) return `${d} d ${h} h`;
  if (h > 0) return `${h} h ${min} min`;
  return min > 0 ? `${min} min ${s} s` : `${s} s`;
}
