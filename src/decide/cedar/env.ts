// SPDX-License-Identifier: Apache-2.0
// What an expression sees of one question.
import type { Entities } from "./entities.ts";
import { type CedarRecord, EMPTY_RECORD, EntityUid } from "./value.ts";

export interface Env {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: CedarRecord;
  readonly entities: Entities;
}

const NOBODY = new EntityUid("", "");

/** No question at all: what constants are computed in. */
export const NOTHING: Env = {
  principal: NOBODY,
  action: NOBODY,
  resource: NOBODY,
  context: EMPTY_RECORD,
  entities: { given: new Map(), actions: new Map() },
};
