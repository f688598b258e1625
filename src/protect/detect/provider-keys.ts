// SPDX-License-Identifier: Apache-2.0
// Keys of known providers by secretlint's recommended rules. The rules are run here by their own contract, at once and
// one by one: their engine waits for promises, which a stream cannot. A rule that would wait counts as failed.
import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import type { Detector, Found } from "./detector.ts";
import { ASSIGNS, KEY } from "./triggers.ts";

type Rule = (typeof rules)[number];
type Context = Parameters<Rule["create"]>[0];
type Source = Parameters<NonNullable<ReturnType<Rule["create"]>["file"]>>[0];

/** `filter` rules obey comments in the text (`secretlint-disable`): whoever wrote a text may not switch off the check. */
const SCANNERS: readonly Rule[] = rules.filter((rule) => rule.meta.type === "scanner");

/** Texts of which one stands in all that a rule finds; a rule without a row is always asked. */
export const NEEDLES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    aws: ["SECRET", "secret", "Secret"],
    // what looks at files of certain names alone, and what only switches others off
    gcp: [],
    "filter-comments": [],
    privatekey: ["-----BEGIN"],
    npm: ["npm_", "://"],
    basicauth: ["://"],
    slack: ["xox", "xapp-", "://"],
    sendgrid: ["SG."],
    shopify: ["shppa_", "shpca_", "shpat_", "shpss_"],
    stripe: ["k_live_", "k_test_"],
    github: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
    gitlab: ["glpat-"],
    grafana: ["glc_", "glsa_"],
    openai: ["T3BlbkFJ"],
    anthropic: ["sk-ant-api0"],
    groq: ["gsk_"],
    huggingface: ["hf_"],
    linear: ["lin_api_"],
    notion: ["ntn_"],
    "1password": ["ops_ey"],
    "database-connection-string": ["://"],
    "hashicorp-vault": ["hvs.", "hvb.", "hvr."],
    vercel: ["vcp_", "vci_", "vca_", "vcr_", "vck_"],
    databricks: ["dapi"],
    docker: ["dckr_pat_"],
    figma: ["figd_"],
    cloudflare: ["cfk_", "cfut_", "cfat_"],
    tailscale: ["tskey-"],
  }).map(([name, needles]) => [`@secretlint/secretlint-rule-${name}`, needles]),
);
const ALWAYS: readonly Rule[] = SCANNERS.filter(({ meta }) => !NEEDLES.has(meta.id));
const ANY_NEEDLE = new RegExp([...new Set([...NEEDLES.values()].flat())].map(escaped).join("|"));

export const providerKeys: Detector = {
  name: "provider-keys",
  needs: KEY | ASSIGNS,
  find({ text }) {
    const asked = ANY_NEEDLE.test(text) ? SCANNERS.filter((rule) => mayFind(rule, text)) : ALWAYS;
    if (asked.length === 0) return [];
    const found: Found[] = [];
    const source = sourceOf(text);
    for (const rule of asked) {
      const waits = rule.create(contextOf(text, found), {}).file?.(source);
      if (waits !== undefined) throw new TypeError(`${rule.meta.id} did not answer at once`);
    }
    return found;
  },
};

function escaped(needle: string): string {
  return needle.replace(/[.]/g, "\\.");
}

function mayFind({ meta }: Rule, text: string): boolean {
  return NEEDLES.get(meta.id)?.some((needle) => text.includes(needle)) ?? true;
}

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
