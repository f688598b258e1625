// SPDX-License-Identifier: Apache-2.0
// Runs the detectors over a text: window by window, over every view of a window, each detector only where it can find
// anything. The one place that inspection, masking and masked streams share, so that they cannot disagree.
import { createHmac, type KeyObject } from "node:crypto";
import type { CheckState, Detection, Layer, Mac } from "../../core/index.ts";
import { keyedDigest } from "../keyed-digest.ts";
import { Cache } from "./cache.ts";
import { card } from "./card.ts";
import { type Detector, type Found, type Look, MIN_SCORE } from "./detector.ts";
import { aroundDigits } from "./digit-rows.ts";
import { email } from "./email.ts";
import { iban } from "./iban.ts";
import { ids, letteredIds } from "./ids.ts";
import { viewsOf } from "./layers.ts";
import { phone } from "./phone.ts";
import { providerKeys } from "./provider-keys.ts";
import { namesSecret, secrets } from "./secrets.ts";
import { lastName, Surroundings } from "./surroundings.ts";
import { NAMED, triggersOf } from "./triggers.ts";
import type { View } from "./view.ts";
import { CUT_FROM, type Window, windows } from "./windows.ts";

/** Encodings inside encodings that are undone (protect P13). */
const DEPTH_MAX = 3;
/** UNIT: UTF-16 units. What one window may grow to by undoing encodings. */
const GROWTH_MAX = 256 * 1024;
/** Windows whose findings are remembered, without their content (protect P15). */
const CACHE_WINDOWS = 20_000;
/** Member names of which it is remembered whether they name a secret. */
const CACHE_NAMES = 4096;

/** The check that encodings were undone, beside the detectors. */
export const LAYERS_CHECK = "layers";

/** What was found in one window, in units of the text, and the checks that did not run in it. */
export interface Scan {
  readonly hits: readonly Detection[];
  readonly missed: ReadonlyMap<string, Exclude<CheckState, "ran">>;
}

/** A text and what was found in it. */
export interface Looked extends Scan {
  readonly text: string;
}

const NOTHING: Scan = { hits: [], missed: new Map() };

export class Scanner {
  private readonly key: KeyObject;
  private readonly detectors: readonly Detector[];
  private readonly checkNames: readonly string[];
  private readonly windowKey: (text: string) => string;
  private readonly cache = new Cache<Scan>(CACHE_WINDOWS);
  private readonly nameBits = new Cache<number>(CACHE_NAMES);

  /** @param key - of `Custody.derive("value")`, for MACs of values */
  constructor(key: KeyObject, detectors: readonly Detector[]) {
    this.key = key;
    this.windowKey = keyedDigest(key, "windows");
    this.detectors = detectors;
    this.checkNames = [...new Set(detectors.map((detector) => detector.name)), LAYERS_CHECK];
  }

  /** Every check that {@link scan} makes. */
  get checks(): readonly string[] {
    return this.checkNames;
  }

  /** @param names - member names that lead to the text, outermost first */
  scan(text: string, names: readonly string[]): Scan {
    if (text.length <= CUT_FROM && this.triggers(text, names) === 0) return NOTHING;
    const hits = new Map<string, Detection>();
    const missed = new Map<string, Exclude<CheckState, "ran">>();
    for (const window of windows(text)) {
      const scan = this.window(text, window, names);
      for (const hit of scan.hits) hits.set(identity(hit), hit);
      for (const [check, state] of scan.missed) missed.set(check, state);
    }
    return { hits: [...hits.values()].toSorted((a, b) => a.start - b.start || b.end - a.end), missed };
  }

  /** What one window shows; positions are those of `text`. */
  window(text: string, { start, end }: Window, names: readonly string[]): Scan {
    const seen = text.slice(start, end);
    if (this.triggers(seen, names) === 0) return NOTHING;
    const cacheKey = this.windowKey(JSON.stringify([start > 0, names, seen]));
    const known = this.cache.get(cacheKey) ?? this.look(seen, start > 0, names);
    this.cache.set(cacheKey, known);
    if (start === 0) return known;
    const hits = known.hits.map((hit) => ({ ...hit, start: hit.start + start, end: hit.end + start }));
    return { hits, missed: known.missed };
  }

  private look(text: string, headless: boolean, names: readonly string[]): Scan {
    const look = new Looking(this.detectors, (value) => this.mac(value));
    look.at(text, names, []);
    // what begins at an edge that is not the text's own was seen whole by the window before
    const hits = new Map<string, Detection>();
    // the plainest way to see a value comes first and stays
    for (const hit of look.hits) if (!hits.has(identity(hit))) hits.set(identity(hit), hit);
    return { hits: [...hits.values()].filter((hit) => !headless || hit.start > 0), missed: look.missed };
  }

  private triggers(text: string, names: readonly string[]): number {
    return triggersOf(text) | this.named(names);
  }

  private named(names: readonly string[]): number {
    const name = names.at(-1);
    if (name === undefined) return 0;
    const bits = this.nameBits.get(name) ?? (namesSecret(lastName(names)) ? NAMED : 0);
    this.nameBits.set(name, bits);
    return bits;
  }

  /** The keyed digest of a value, as detections have it. */
  mac(value: string): Mac {
    const text = createHmac("sha256", this.key).update(value).digest().subarray(0, 16).toString("base64url");
    return text as Mac; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the one place that makes this brand
  }
}

/** The default detectors. @param regions - countries whose national phone numbers are read */
export function defaultDetectors(regions: readonly string[]): readonly Detector[] {
  return [email, card, iban, ids, letteredIds, phone(regions), secrets, providerKeys];
}

/** The same place and the same meaning. */
function identity(hit: Detection): string {
  return `${hit.start} ${hit.end} ${hit.type} ${hit.jurisdiction ?? ""}`;
}

/** Something to look at, and where it stands in its text. */
interface Placed {
  readonly at: number;
  readonly look: Look;
}

function parts(text: string, names: readonly string[]): readonly Placed[] {
  return aroundDigits(text).map(({ start, end }) => {
    const part = text.slice(start, end);
    return { at: start, look: { text: part, around: new Surroundings(part, names) } };
  });
}

/** One window and everything that it decodes to. */
class Looking {
  readonly hits: Detection[] = [];
  readonly missed = new Map<string, Exclude<CheckState, "ran">>();
  private readonly detectors: readonly Detector[];
  private readonly mac: (value: string) => Mac;
  private grown = 0;

  constructor(detectors: readonly Detector[], mac: (value: string) => Mac) {
    this.detectors = detectors;
    this.mac = mac;
  }

  /** @param views - what led from the window to this text, outermost first */
  at(text: string, names: readonly string[], views: readonly View[]): void {
    this.grown += views.length === 0 ? 0 : text.length;
    const triggers = triggersOf(text) | (namesSecret(lastName(names)) ? NAMED : 0);
    const whole: Placed = { at: 0, look: { text, around: new Surroundings(text, names) } };
    let rows: readonly Placed[] | undefined;
    for (const detector of this.detectors) {
      if ((triggers & detector.needs) === 0) continue;
      try {
        if (detector.nearDigits === true) rows ??= parts(text, names);
        for (const { at, look } of detector.nearDigits === true ? (rows ?? []) : [whole])
          for (const found of detector.find(look)) this.keep(found, detector.name, { at, views });
      } catch {
        // P3: the state says so, and nobody takes the part for looked at
        this.missed.set(detector.name, "failed");
      }
    }
    for (const view of viewsOf(text, triggers)) {
      if (views.length >= DEPTH_MAX || this.grown > GROWTH_MAX) this.missed.set(LAYERS_CHECK, "truncated");
      else this.at(view.text, names, [...views, view]);
    }
  }

  private keep(found: Found, detector: string, where: { readonly at: number; readonly views: readonly View[] }): void {
    if (found.score < MIN_SCORE) return;
    const { views } = where;
    let [start, end] = [found.start + where.at, found.end + where.at];
    for (const view of views.toReversed()) {
      const last = end - 1;
      start = view.begin(start);
      end = view.finish(last);
    }
    const { type, score, evidence, value, jurisdiction } = found;
    const layers: readonly Layer[] = views.map((view) => view.layer);
    const hit = { type, start, end, layers, score, detector, evidence, valueMac: this.mac(value) };
    this.hits.push(jurisdiction === undefined ? hit : { ...hit, jurisdiction });
  }
}
