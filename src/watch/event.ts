// SPDX-License-Identifier: Apache-2.0
// What this room needs of an entry. Live and replay read the same form, so a finding that is raised again after a crash
// rests on the same facts and has the same id (watch W16, W26).
import { z } from "zod";
import {
  BESIDE,
  type Beside,
  type DecoyId,
  type EntryId,
  type Instant,
  instant,
  type OrderId,
  parseDecoyId,
  parseEntryId,
  parseOrderId,
  type ScopeKey,
} from "../core/index.ts";

export interface SeenDecoy {
  readonly id: DecoyId;
  readonly how: "opened" | "used";
  readonly copy: boolean;
}

export interface WatchEvent {
  readonly entry: EntryId;
  readonly at: Instant;
  /** Of whoever acted, or whose credential was shown; absent where nobody knows. */
  readonly identity: string | undefined;
  /** What an order could name. */
  readonly scopes: readonly ScopeKey[];
  readonly server: string;
  readonly tool: string | undefined;
  readonly jkt: string | undefined;
  /** First word of the gate's own refusal: a refusal code. */
  readonly code: string | undefined;
  readonly order: OrderId | undefined;
  readonly decoys: readonly SeenDecoy[];
  /** A tool is not what it was. */
  readonly drift?: { readonly tool: string; readonly change: DriftChange; readonly beside?: Beside };
  /** Something that is a sign by itself, as the entry names it. */
  readonly sign?: { readonly detector: "sign-in" | "observing" | "policy" | "platform"; readonly code: string };
  readonly synthetic: boolean;
}

const text = z.string();
const decoys = z.array(
  z.object({ id: text.transform(parseDecoyId), how: z.enum(["opened", "used"]), copy: z.boolean() }),
);
const header = { id: text.transform(parseEntryId), at: z.number().transform(instant) };
const decision = z.object({
  ...header,
  type: z.literal("decision"),
  interaction: z.object({ server: text }),
  who: z
    .object({
      identity: text,
      instance: text,
      blueprint: text.exactOptional(),
      sponsor: text.exactOptional(),
      token: z.object({ jti: text, jkt: text }),
      synthetic: z.boolean(),
    })
    .exactOptional(),
  claimed: z.object({ identity: text, instance: text, jti: text, jkt: text, task: text, step: text }).exactOptional(),
  mandate: z.object({ id: text, task: text, step: text }).exactOptional(),
  tool: z.object({ server: text, name: text }).exactOptional(),
  refusal: text.exactOptional(),
  order: text.transform(parseOrderId).exactOptional(),
  decoys: decoys.exactOptional(),
  outcome: z.object({ decoys: decoys.exactOptional() }).exactOptional(),
});
/** What may be wrong with a tool that is not what was accepted. */
const DRIFT_CHANGES = ["changed", "appeared", "altered", "hides", "shadows"] as const;
type DriftChange = (typeof DRIFT_CHANGES)[number];

const drift = z.object({
  ...header,
  type: z.literal("event"),
  name: z.literal("pin.drifted"),
  data: z.object({ server: text, tool: text, change: z.enum(DRIFT_CHANGES), beside: z.enum(BESIDE).exactOptional() }),
});
/** What may be wrong with the way somebody came in. */
const SIGN_IN_CODES = ["setup-link-again", "session-copied", "passkey-copied"] as const;

const noticed = z.object({
  ...header,
  type: z.literal("event"),
  name: z.literal("signin.noticed"),
  data: z.object({ code: z.enum(SIGN_IN_CODES), person: text.exactOptional() }),
});
/** What may not be well with the record, or with a log that is witnessed here. */
const PLATFORM_CODES = ["log-fork", "witness-refused", "witness-lag"] as const;

const witnessed = z.object({
  ...header,
  type: z.literal("event"),
  name: z.literal("witness.noticed"),
  data: z.object({ code: z.enum(PLATFORM_CODES), log: text }),
});
/** A server that is enforced because its time to be observed is over, and not because somebody said so. */
const over = z.object({
  ...header,
  type: z.literal("admin"),
  name: z.literal("server.changed"),
  by: z.literal("system"),
  data: z.object({ server: text, mode: z.literal("enforce"), until: z.number() }),
});
/** What one person did to a release at once, and no second one agreed to in time. */
const late = z.object({
  ...header,
  type: z.literal("admin"),
  name: z.literal("policy.unconfirmed"),
  data: z.object({ release: text, did: text }),
});
const shape = z.discriminatedUnion("type", [
  decision,
  z.discriminatedUnion("name", [drift, noticed, witnessed]),
  z.discriminatedUnion("name", [over, late]),
]);

/** The event of an entry with its header; `undefined` where this room has nothing to learn from it. */
export function eventOf(entry: unknown): WatchEvent | undefined {
  const parsed = shape.safeParse(entry);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  if (data.type === "decision") return decisionEvent(data);
  if (data.type === "admin") return data.name === "server.changed" ? overEvent(data) : lateEvent(data);
  if (data.name === "witness.noticed") return witnessedEvent(data);
  return data.name === "pin.drifted" ? driftEvent(data) : noticedEvent(data);
}

const NOBODY = {
  identity: undefined,
  jkt: undefined,
  code: undefined,
  order: undefined,
  tool: undefined,
  decoys: [],
  synthetic: false,
} as const;

function noticedEvent({ id, at, data: { code, person } }: z.output<typeof noticed>): WatchEvent {
  const scopes: readonly ScopeKey[] = person === undefined ? [] : [{ kind: "identity", id: person }];
  return { ...NOBODY, entry: id, at, identity: person, scopes, server: "console", sign: { detector: "sign-in", code } };
}

/** No order names a log: what is done about it, people do. */
function witnessedEvent({ id, at, data: { code, log } }: z.output<typeof witnessed>): WatchEvent {
  return { ...NOBODY, entry: id, at, scopes: [], server: log, sign: { detector: "platform", code } };
}

function overEvent({ id, at, data: { server, until } }: z.output<typeof over>): WatchEvent | undefined {
  if (at < until) return undefined;
  const scopes: readonly ScopeKey[] = [{ kind: "server", id: server }];
  return { ...NOBODY, entry: id, at, scopes, server, sign: { detector: "observing", code: "ended" } };
}

function lateEvent({ id, at }: z.output<typeof late>): WatchEvent {
  return {
    ...NOBODY,
    entry: id,
    at,
    scopes: [],
    server: "policies",
    sign: { detector: "policy", code: "unconfirmed" },
  };
}

function driftEvent({ id, at, data }: z.output<typeof drift>): WatchEvent {
  const { server, tool, change, beside } = data;
  const scopes: readonly ScopeKey[] = [
    // what is no tool is held back by the gate alone: an order has no name for it
    ...(beside === undefined ? [{ kind: "tool", id: `${server}/${tool}` } as const] : []),
    { kind: "server", id: server },
  ];
  const what = beside === undefined ? { tool, change } : { tool, change, beside };
  return { ...NOBODY, entry: id, at, scopes, server, tool, drift: what };
}

function decisionEvent(entry: z.output<typeof decision>): WatchEvent {
  const { id, at, who, claimed, tool, refusal, order } = entry;
  return {
    entry: id,
    at,
    scopes: scopesOf(entry),
    server: entry.interaction.server,
    decoys: [...(entry.decoys ?? []), ...(entry.outcome?.decoys ?? [])],
    synthetic: who?.synthetic ?? false,
    identity: (who ?? claimed)?.identity,
    jkt: (who?.token ?? claimed)?.jkt,
    tool: tool?.name,
    code: refusal?.split(":", 1)[0],
    order,
  };
}

/** One scope of each kind, the narrowest first. */
function scopesOf(entry: z.output<typeof decision>): readonly ScopeKey[] {
  const { tool, interaction } = entry;
  return [
    ...callerScopes(entry),
    ...named("tool", tool === undefined ? undefined : `${tool.server}/${tool.name}`),
    ...named("server", interaction.server),
  ];
}

function callerScopes({ who, claimed, mandate }: z.output<typeof decision>): readonly ScopeKey[] {
  if (who === undefined) {
    if (claimed === undefined) return [];
    const { jti, step, task, jkt, instance, identity } = claimed;
    const kinds = { jti, step, txn: task, jkt, instance, identity } as const;
    return KINDS.flatMap((kind) => named(kind, kinds[kind]));
  }
  const { token, instance, identity, blueprint, sponsor } = who;
  return [
    ...named("jti", token.jti),
    ...named("step", mandate?.step),
    ...named("mandate", mandate?.id),
    ...named("txn", mandate?.task),
    ...named("jkt", token.jkt),
    ...named("instance", instance),
    ...named("identity", identity),
    ...named("blueprint", blueprint),
    ...named("sponsor", sponsor),
  ];
}

/** What a credential alone names. */
const KINDS = ["jti", "step", "txn", "jkt", "instance", "identity"] as const;

function named(kind: ScopeKey["kind"], id: string | undefined): readonly ScopeKey[] {
  return id === undefined ? [] : [{ kind, id }];
}
