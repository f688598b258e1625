// SPDX-License-Identifier: Apache-2.0
// Keys of known providers by secretlint's recommended rules. The rules are run here by their own contract, at once and
// one by one: their engine waits for promises, which a stream cannot. A rule that would wait counts as failed.
import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import type { Detector, Found } from "./detector.ts";
import { TOKEN } from "./triggers.ts";

type Rule = (typeof rules)[number];
type Context = Parameters<Rule["create"]>[0];
type Source = Parameters<NonNullable<ReturnType<Rule["create"]>["file"]>>[0];

/** `filter` rules obey comments in the text (`secretlint-disable`): whoever wrote a text may not switch off the check. */
const SCANNERS: readonly Rule[] = rules.filter((rule) => rule.meta.type === "scanner");

export const providerKeys: Detector = {
  name: "provider-keys",
  needs: TOKEN,
  find({ text }) {
    const found: Found[] = [];
    const source = sourceOf(text);
    for (const rule of SCANNERS) {
      const waits = rule.create(contextOf(text, found), {}).file?.(source);
      if (waits !== undefined) throw new TypeError(`${rule.meta.id} did not answer at once`);
    }
    return found;
  },
};

function contextOf(text: string, found: Found[]): Context {
  return {
    sharedOptions: {},
    createTranslator: () => (messageId, data) => ({ message: "", messageId: String(messageId), data }),
    ignore: () => undefined,
    report({ message, range }) {
      const [start, end] = widen(text, range, message.data);
      found.push({ type: "secret", start, end, score: 1, evidence: ["pattern"], value: text.slice(start, end) });
    },
  };
}

/** Some rules report where a match begins with the length of the secret in it: what they quote must be inside too. */
function widen(text: string, range: readonly [number, number], quoted: unknown): readonly [number, number] {
  const values: readonly unknown[] = typeof quoted === "object" && quoted !== null ? Object.values(quoted) : [];
  let [start, end] = range;
  for (const value of values) {
    const at = typeof value === "string" && value !== "" ? text.indexOf(value, range[0]) : -1;
    if (at === -1 || typeof value !== "string") continue;
    start = Math.min(start, at);
    end = Math.max(end, at + value.length);
  }
  return [start, end];
}

/** A text that is no file: rules for files of certain names do not apply to it. */
function sourceOf(content: string): Source {
  const nowhere = { line: 1, column: 0 };
  return {
    content,
    hasBOM: false,
    filePath: undefined,
    physicalFilePath: undefined,
    contentType: "text",
    ext: "",
    getFilePath: () => undefined,
    getPhysicalFilePath: () => undefined,
    indexToPosition: () => nowhere,
    positionToIndex: () => 0,
    locationToRange: () => [0, 0],
    rangeToLocation: () => ({ start: nowhere, end: nowhere }),
  };
}
