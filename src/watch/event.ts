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
const shape = z.discriminatedUnion("type", [decision, drift]);

/** The event of an entry with its header; `undefined` where this room has nothing to learn from it. */
export function eventOf(entry: unknown): WatchEvent | undefined {
  const parsed = shape.safeParse(entry);
  if (!parsed.success) return undefined;
  return parsed.data.type === "event" ? driftEvent(parsed.data) : decisionEvent(parsed.data);
}

function driftEvent({ id, at, data }: z.output<typeof drift>): WatchEvent {
  const { server, tool, change, beside } = data;
  const scopes: readonly ScopeKey[] = [
    // what is no tool is held back by the gate alone: an order has no name for it
    ...(beside === undefined ? [{ kind: "tool", id: `${server}/${tool}` } as const] : []),
    { kind: "server", id: server },
  ];
  const what = beside === undefined ? { tool, change } : { tool, change, beside };
  const nobody = { identity: undefined, jkt: undefined, code: undefined, order: undefined };
  return { ...nobody, entry: id, at, scopes, server, tool, decoys: [], drift: what, synthetic: false };
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
