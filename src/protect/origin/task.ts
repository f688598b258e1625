// SPDX-License-Identifier: Apache-2.0
// Where the values of one task came from. Everything that comes back is taken in before it is released; the arguments of
// each call are then traced to who put their values there. A call passes because its values are found with somebody who
// may decide them, not because they are missing elsewhere (protect P28), so that disguising a value can only lose trust.
import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import {
  type EntryRef,
  type Json,
  type JsonObject,
  lowestTrust,
  type Occurrence,
  type OriginRef,
  parseJson,
  type Role,
  type ServerId,
  type ToolManifest,
  TRACES_MAX,
  type Trace,
  type Trust,
  trustRank,
} from "../../core/index.ts";
import type { Part } from "../inspect.ts";
import { leaves } from "../walk.ts";
import { isBound, meets } from "./contracts.ts";
import { looseForms, looseSite } from "./loose.ts";
import { spansOf } from "./spans.ts";
import { hostOf, pathsAbove, siteForm, strictForm } from "./strict.ts";
import { ValueIndex } from "./value-index.ts";

/** UNIT: UTF-16 units. What is taken in of one text; what is beyond is found nowhere. */
export const INGEST_MAX_UNITS: number = 256 * 1024;

/** Who sent an output, and what its values may count for. */
export interface OutputOrigin {
  readonly server: ServerId;
  readonly tool: string;
  readonly tier: Trust;
  readonly entry?: EntryRef;
}

export interface IngestReport {
  /** Values that the task remembers by now. */
  readonly values: number;
  /** Not everything is remembered, of this output or of an earlier one. */
  readonly partial: boolean;
}

export interface TaskIndex {
  /** What a person typed (`user`), or what the mandate or the operator wrote (`mandate`). */
  seed(text: string, tier: "user" | "mandate"): void;
  /** Takes in what came back: result, error, receipt, description. Call it before anything of it is released. */
  ingest(output: Part, origin: OutputOrigin): IngestReport;
  /**
   * One trace for each value of the arguments, those that decide something first; never more than `TRACES_MAX`, and if
   * more of them would decide something, the last one is broken.
   */
  trace(args: JsonObject, manifest: Pick<ToolManifest, "args">): readonly Trace[];
  /** The watermark: the lowest tier that was taken in so far, `user` before anything was (P25). */
  lowest(): Trust;
}

export interface TaskConfig {
  /** Of `Custody.derive("origins")`; the index has a key of its own made of it and the task's id. */
  readonly key: KeyObject;
  readonly task: string;
  readonly maxValues?: number;
}

export function openTask(config: TaskConfig): TaskIndex {
  const key = createSecretKey(createHmac("sha256", config.key).update(`task:${config.task}`).digest());
  return new Task(new ValueIndex(key, config.maxValues));
}

class Task implements TaskIndex {
  private readonly index: ValueIndex;
  private watermark: Trust = "user";
  private cut = false;

  constructor(index: ValueIndex) {
    this.index = index;
  }

  seed(text: string, tier: "user" | "mandate"): void {
    this.watermark = lowestTrust([this.watermark, tier]);
    this.text(text, { origin: { kind: tier }, tier }, "");
  }

  ingest(output: Part, origin: OutputOrigin): IngestReport {
    const { server, tool, tier, entry } = origin;
    // first of all, so that a fault on the way leaves the task no more trusting than before
    this.watermark = lowestTrust([this.watermark, tier]);
    const from: OriginRef = { kind: "tool", server, tool };
    const seen: Occurrence = entry === undefined ? { origin: from, tier } : { origin: from, tier, entry };
    if ("text" in output) this.text(output.text, seen, "");
    else this.json(output.json, seen, "");
    return { values: this.index.size, partial: this.index.partial || this.cut };
  }

  lowest(): Trust {
    return this.watermark;
  }

  trace(args: JsonObject, manifest: Pick<ToolManifest, "args">): readonly Trace[] {
    const roles = new Map(manifest.args.map((arg) => [arg.name.replace(/\[\]$/, ""), arg.role]));
    // an argument that nobody described may name anything
    const named = Object.entries(args).map(([name, value]) => ({ name, value, role: roles.get(name) ?? "target" }));
    // what decides something comes first, so that a long text beside it cannot crowd it out
    const inOrder = [...named.filter(({ role }) => isBound(role)), ...named.filter(({ role }) => !isBound(role))];
    const traces: Trace[] = [];
    for (const { name, value, role } of inOrder) {
      for (const leaf of leaves(value, `/${pointerName(name)}`)) {
        if (leaf.text.trim() === "") continue;
        if (traces.length < TRACES_MAX - 1) traces.push(this.traceOne(leaf.text, leaf.path, role));
        else return isBound(role) ? [...traces, tooMany(leaf.path, role, this.watermark)] : traces;
      }
    }
    return traces;
  }

  private traceOne(text: string, path: string, role: Role): Trace {
    const whole = this.find(text, role);
    const found = whole.match === "exact" ? [whole] : partsOf(text, role).map((part) => this.find(part, role));
    // of several addresses in one argument, the least trusted says what the argument is worth
    const worst = found.reduce((a, b) => (trustRank(b.trust) < trustRank(a.trust) ? b : a));
    const lookalike = found.find((f) => f.lookalike !== undefined)?.lookalike;
    const broken = isBound(role) && (lookalike !== undefined || !meets(role, worst.trust));
    return {
      path,
      role,
      trust: worst.trust,
      match: worst.match,
      keyed: null,
      ...(worst.source === undefined ? {} : { source: worst.source }),
      ...(lookalike === undefined ? {} : { lookalike }),
      contract: broken ? "broken" : "met",
      ...(broken ? { ask: askOf(worst, lookalike) } : {}),
    };
  }

  private find(text: string, role: Role): Found {
    const host = role === "url" ? hostOf(text) : undefined;
    const exact = this.index.strict(listed(strictForm(text)));
    const derived = this.index.strict(host === undefined ? foldersOf(text, role) : [siteForm(host)]);
    const from = better(exact, derived);
    const loose = this.index.loose(host === undefined ? looseForms(text) : [looseSite(host)]);
    const isTrusted = from !== undefined && trustRank(from.tier) >= trustRank("directory");
    const lookalike = !isTrusted && loose !== undefined && trustRank(loose.tier) >= trustRank("directory");
    const dressed = lookalike ? { lookalike: loose } : {};
    if (from !== undefined) {
      return { trust: from.tier, match: from === exact ? "exact" : "derived", source: from, ...dressed };
    }
    // found nowhere: the model's own, worth what it has read (P25); a loose match only says where it may be from
    const source = loose === undefined || lookalike ? {} : { source: loose };
    return { trust: this.watermark, match: "none", ...source, ...dressed };
  }

  private json(json: Json, seen: Occurrence, path: string): void {
    for (const leaf of leaves(json, path)) this.text(leaf.text, seen, leaf.path);
  }

  private text(whole: string, seen: Occurrence, path: string): void {
    const text = whole.slice(0, INGEST_MAX_UNITS);
    this.cut ||= text.length < whole.length;
    const inner = parsed(text);
    if (inner !== undefined) {
      this.json(inner, seen, path);
      return;
    }
    const lines = text.includes("\n");
    const known = new Set([text]);
    this.add(text, seen, path);
    for (const span of spansOf(text, { words: trustRank(seen.tier) >= trustRank("mandate") })) {
      if (known.has(span.text)) continue;
      known.add(span.text);
      this.add(span.text, seen, path, lines ? span.line : undefined);
    }
  }

  private add(text: string, seen: Occurrence, path: string, line?: number): void {
    const strict = strictForm(text);
    if (strict === undefined) return;
    this.index.add(strict, seen, () => {
      const host = text.includes(".") ? hostOf(text) : undefined;
      const [site, lookalike] = host === undefined ? [[], []] : [[siteForm(host)], [looseSite(host)]];
      const occurrence = at(seen, line === undefined ? path : `${path}#L${line}`);
      return { strict: site, loose: [...looseForms(text), ...lookalike], occurrence };
    });
  }
}

interface Found {
  readonly trust: Trust;
  readonly match: Trace["match"];
  readonly source?: Occurrence;
  readonly lookalike?: Occurrence;
}

/** Text that is JSON is taken in leaf by leaf. */
function parsed(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return parseJson(text.trim());
  } catch {
    // it only looks like JSON, and is read as the text that it is
    return undefined;
  }
}

/** Several addresses in one argument, or one with a name before it, are traced one by one. */
function partsOf(text: string, role: Role): readonly string[] {
  if (role !== "recipient" && role !== "grantee" && role !== "payee") return [text];
  const addresses = text.match(/(?<![^\s<>,;"])[^\s<>,;"@]{1,64}@[^\s<>,;"]{1,255}/gu) ?? [];
  return addresses.length === 0 ? [text] : addresses;
}

/** A trusted folder vouches for what lies in it (P32). */
function foldersOf(text: string, role: Role): readonly string[] {
  return role === "target" || role === "destroy" || role === "selector" ? pathsAbove(text) : [];
}

function listed(form: string | undefined): readonly string[] {
  return form === undefined ? [] : [form];
}

function better(a: Occurrence | undefined, b: Occurrence | undefined): Occurrence | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return trustRank(b.tier) > trustRank(a.tier) ? b : a;
}

function askOf(found: Found, lookalike: Occurrence | undefined): NonNullable<Trace["ask"]> {
  if (lookalike !== undefined) return "lookalike";
  return found.match === "none" ? "found-nowhere" : "untrusted-origin";
}

function tooMany(path: string, role: Role, trust: Trust): Trace {
  return { path, role, trust, match: "none", keyed: null, contract: "broken", ask: "too-many-values" };
}

function at(seen: Occurrence, path: string): Occurrence {
  return path === "" ? seen : { ...seen, path };
}

/** RFC 6901 section 3. */
function pointerName(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
