// SPDX-License-Identifier: Apache-2.0
// Planted values in what goes up and in what comes back (watch W28): every value that a detector found, whatever it was wrapped
// in, and every run of characters that could be a token, by its keyed digest.
import {
  type DecoyFound,
  type DecoyId,
  type Decoys,
  type EntryDecoy,
  isJsonArray,
  isJsonObject,
  type Json,
  type Ref,
} from "../core/index.ts";
import type { Inspection, Inspector } from "../protect/index.ts";
import type { TaskMemory } from "./tasks.ts";

/** What a token looks like from outside; longer runs are data. */
const TOKEN = /[A-Za-z0-9_-]{16,128}/g;
/** Runs of one part that are looked up. */
const TOKENS_MAX = 20_000;

export interface DecoyPorts {
  readonly inspector: Inspector;
  readonly decoys: Decoys;
}

/** Planted values that a caller sends. Where the task met only a copy of one, it says so. */
export function decoysUsed(
  ports: DecoyPorts,
  sent: { readonly json: Json; readonly inspection: Inspection },
  task: TaskMemory,
): readonly EntryDecoy[] {
  return decoysIn(ports, sent.json, sent.inspection).map(({ id }) => ({
    id,
    how: "used",
    copy: task.decoys.get(id) === "copy",
  }));
}

/** Planted values in what came back from these resources; the task remembers where it met them. */
export function decoysOpened(
  ports: DecoyPorts,
  came: { readonly json: Json; readonly inspection: Inspection; readonly resources: readonly Ref[] },
  task: TaskMemory,
): readonly EntryDecoy[] {
  return decoysIn(ports, came.json, came.inspection).map(({ id, place }) => {
    const copy = !came.resources.some((ref) => ref.type === place.type && ref.id === place.id);
    if (task.decoys.get(id) !== "place") task.decoys.set(id, copy ? "copy" : "place");
    return { id, how: "opened", copy };
  });
}

/** Planted values in a credential that proved nothing. */
export function decoysShown(ports: DecoyPorts, credential: string | undefined): readonly EntryDecoy[] {
  if (credential === undefined || !ports.decoys.any) return [];
  return found(ports, textTokens(credential)).map(({ id }) => ({ id, how: "used", copy: false }));
}

function decoysIn(ports: DecoyPorts, json: Json, inspection: Inspection): readonly DecoyFound[] {
  if (!ports.decoys.any) return [];
  const detected = inspection.detections.flatMap(({ valueMac }) => ports.decoys.find(valueMac) ?? []);
  return once([...detected, ...found(ports, tokensOf(json, []))]);
}

function found({ inspector, decoys }: DecoyPorts, tokens: readonly string[]): readonly DecoyFound[] {
  return once([...new Set(tokens)].flatMap((token) => decoys.find(inspector.scanner.mac(token)) ?? []));
}

function once(all: readonly DecoyFound[]): readonly DecoyFound[] {
  const byId = new Map<DecoyId, DecoyFound>(all.map((one) => [one.id, one]));
  return [...byId.values()];
}

/** Of every text in a value, and of every name. */
function tokensOf(json: Json, into: string[]): string[] {
  if (into.length > TOKENS_MAX) return into;
  if (typeof json === "string") into.push(...textTokens(json));
  else if (isJsonArray(json)) for (const item of json) tokensOf(item, into);
  else if (isJsonObject(json))
    for (const [name, value] of Object.entries(json)) {
      into.push(...textTokens(name));
      tokensOf(value, into);
    }
  return into;
}

function textTokens(text: string): readonly string[] {
  return text.match(TOKEN)?.slice(0, TOKENS_MAX) ?? [];
}
