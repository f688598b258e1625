// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const CSS = readFileSync(path.join(import.meta.dirname, "tokens.css"), "utf8");
const TOKENS = new Map(
  [...CSS.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = "", light = "", dark = ""]) => [name, { light, dark }] as const,
  ),
);

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function token(name: string, theme: "light" | "dark"): string {
  return TOKENS.get(name)?.[theme] ?? `there is no token ${name}`;
}

const TEXT = ["ink", "ink-2", "link", "allow", "log", "limit", "challenge", "deny"];
const THEMES = ["light", "dark"] as const;

test("X45: the contrast that is computed here is the one of WCAG", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

test.each(THEMES)("X45: %s: every text colour has at least 5.5 to 1 on both grounds", (theme) => {
  for (const name of TEXT)
    for (const ground of ["ground", "surface"])
      expect(contrast(token(name, theme), token(ground, theme)), `${name} on ${ground}`).toBeGreaterThanOrEqual(5.5);
});

test.each(THEMES)("X45: %s: edges of controls have at least 3.5 to 1, the primary action's text 5.5", (theme) => {
  for (const ground of ["ground", "surface"])
    expect(contrast(token("edge", theme), token(ground, theme)), `edge on ${ground}`).toBeGreaterThanOrEqual(3.5);
  expect(contrast(token("act-ink", theme), token("act", theme))).toBeGreaterThanOrEqual(5.5);
});

test("X45: there is no colour outside the tokens", () => {
  const sheets = globSync("**/*.css", { cwd: import.meta.dirname, exclude: ["tokens.css"] });
  expect(sheets.length).toBeGreaterThan(1);
  for (const sheet of sheets) {
    const css = readFileSync(path.join(import.meta.dirname, sheet), "utf8");
    expect(css.match(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|oklch\(/gi), sheet).toBeNull();
  }
  expect(TOKENS.size).toBe(15);
});
