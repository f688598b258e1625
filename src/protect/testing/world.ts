// SPDX-License-Identifier: Apache-2.0
// An inspector with the shipped label rules and a fixed key, for tests.
import { createSecretKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Detection } from "../../core/index.ts";
import { createInspector, type Inspector, UNLABELLED } from "../inspect.ts";
import { type LabelRules, readLabelRules } from "../labels.ts";

export const KEY: KeyObject = createSecretKey(Buffer.alloc(32, 7));

const FILE = path.join(import.meta.dirname, "../../../policies/labels.yaml");
export const SHIPPED_TEXT: string = readFileSync(FILE, "utf8");
export const SHIPPED: LabelRules = readLabelRules("labels.yaml", SHIPPED_TEXT);

export function testInspector(): Inspector {
  return createInspector({ key: KEY, labels: SHIPPED });
}

export interface Hit {
  readonly type: string;
  readonly text: string;
  readonly jurisdiction?: string;
}

/** What is found in a text, with the text itself. */
export async function found(inspector: Inspector, text: string): Promise<readonly Hit[]> {
  const { detections } = await inspector.inspect({ text }, { source: UNLABELLED });
  return detections.map((hit) => hitOf(text, hit));
}

function hitOf(text: string, { type, start, end, jurisdiction }: Detection): Hit {
  const hit = { type, text: text.slice(start, end) };
  return jurisdiction === undefined ? hit : { ...hit, jurisdiction };
}
