// SPDX-License-Identifier: Apache-2.0
// A schema and its policies, ready to be asked: conversion at the edge, evaluation inside.
import { endOf } from "../turns.ts";
import { type ConvertRecord, type ConvertTo, recordConverter } from "./convert.ts";
import { type ConvertEntities, entitiesConverter } from "./convert-entities.ts";
import { type CompiledSet, compiling } from "./evaluate.ts";
import type { Hiding } from "./hidden.ts";
import type { InputLimits } from "./input.ts";
import type { Policy } from "./policy.ts";
import type { Action, Schema } from "./schema.ts";

/** An action, and how its context becomes values. */
export interface EngineAction {
  readonly action: Action;
  readonly context: ConvertRecord;
}

export interface Engine {
  readonly schema: Schema;
  readonly set: CompiledSet;
  readonly entities: ConvertEntities;
  /** By type, then by id: `Action`, `view`. */
  readonly actions: ReadonlyMap<string, ReadonlyMap<string, EngineAction>>;
}

/** @throws DecideError DECIDE_EXPRESSION_UNSUPPORTED, DECIDE_LINK_INVALID */
export function createEngine(schema: Schema, policies: readonly Policy[], limits: InputLimits): Engine {
  return endOf(buildingEngine(schema, policies, limits));
}

/** The same in steps. @throws as {@link createEngine} */
export function* buildingEngine(
  schema: Schema,
  policies: readonly Policy[],
  limits: InputLimits,
): Generator<void, Engine> {
  const set = yield* compiling(policies, schema);
  return { set, ...readersFor({ schema, limits }) };
}

/** The same policies, asked in slices: a text may be hidden there. */
export function hidingEngine({ schema, set }: Engine, limits: InputLimits, hiding: Hiding): Engine {
  return { set, ...readersFor({ schema, limits, hiding }) };
}

function readersFor(to: ConvertTo): Omit<Engine, "set"> {
  const { schema } = to;
  const actions = new Map<string, Map<string, EngineAction>>();
  for (const action of schema.actions.values()) {
    const { type, id } = action.uid;
    const ofType = actions.get(type) ?? new Map<string, EngineAction>();
    actions.set(type, ofType.set(id, { action, context: recordConverter(action.context, to) }));
  }
  return { schema, entities: entitiesConverter(to), actions };
}
