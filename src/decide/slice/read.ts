// SPDX-License-Identifier: Apache-2.0
// A slice read back: the questions as they were asked, with what was hidden still hidden, and what was answered.
import {
  ANSWERS,
  type Answer,
  CoreError,
  type EntityJson,
  type Evidence,
  instant,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  member,
  parseApprovalId,
  parseCommitment,
  parseDigest,
  parseDomainId,
  parseIdentityId,
  parseMandateId,
  parsePointId,
  type Question,
  type Ref,
} from "../../core/index.ts";

export interface ReadSlice {
  /** Name of the key that its texts are sealed under. */
  readonly key: string;
  /** Digest of the set that answered. */
  readonly set: string | undefined;
  readonly parts: readonly ReadPart[];
}

export interface ReadPart {
  readonly name: "call" | "release" | "question";
  readonly asks: readonly ReadAsk[];
}

export interface ReadAsk {
  /** Absent where the question was refused for what it was, or no set was asked. */
  readonly question?: Question;
  readonly answers: readonly ReadAnswer[];
}

/** One answer as it stands in the slice. */
export interface ReadAnswer {
  /** Exactly what was written. */
  readonly json: JsonObject;
  readonly answer: Answer;
  /** What it means, whether or not it was only observed. */
  readonly meant: Answer;
  readonly reason: string;
  readonly policies: readonly string[];
  readonly resource: Ref | undefined;
}

/** Stands for the point that asked: no policy reads it. */
const POINT = parsePointId("replay/slice");

/** Nothing where the text is no slice of this version. */
export function readSlice(text: string): ReadSlice | undefined {
  try {
    const json = parse(text);
    if (member(json, "v") !== 1) return undefined;
    const entities = items(member(json, "entities")).map(entityOf);
    const reader = new Reader(entities);
    const set = member(json, "set");
    return {
      key: textOf(member(json, "key")),
      set: typeof set === "string" ? set : undefined,
      parts: items(member(json, "parts")).map((part) => reader.part(part)),
    };
  } catch (cause) {
    if (cause instanceof NoSlice || cause instanceof SyntaxError || cause instanceof CoreError) return undefined;
    throw cause;
  }
}

class NoSlice extends Error {}

/** The slice is ours, and its digest was compared: the engine's own reader is good enough, and many times as fast. */
function parse(text: string): Json {
  return JSON.parse(text) as Json; // oxlint-disable-line typescript/no-unsafe-type-assertion -- what JSON.parse gives is JSON
}

class Reader {
  private readonly entities: readonly EntityJson[];
  private base: JsonObject | undefined;

  constructor(entities: readonly EntityJson[]) {
    this.entities = entities;
  }

  part(json: Json): ReadPart {
    const name = member(json, "name");
    if (name !== "call" && name !== "release" && name !== "question") throw new NoSlice();
    return { name, asks: items(member(json, "asks")).map((ask) => this.ask(ask)) };
  }

  private ask(json: Json): ReadAsk {
    const answers = items(member(json, "answers")).map(answerOf);
    const context = member(json, "context");
    if (context === undefined) return { answers };
    const resource = answers[0]?.resource;
    if (resource === undefined) throw new NoSlice();
    const duties = member(json, "duties");
    const args = member(json, "args");
    const evidence = items(member(json, "evidence") ?? []).map(evidenceOf);
    const question: Question = {
      domain: parseDomainId(textOf(member(json, "domain"))),
      principal: refOf(member(json, "principal")),
      action: textOf(member(json, "action")),
      resource,
      context: this.context(context, member(json, "apart") === true),
      entities: items(member(json, "entities")).map((place) => this.entity(place)),
      ...(args === undefined ? {} : { argsDigest: parseCommitment(textOf(args)) }),
      ...(evidence.length === 0 ? {} : { evidence }),
      pep: { id: POINT, ...(duties === undefined ? {} : { obligations: new Set(items(duties).map(textOf)) }) },
      at: instant(numberOf(member(json, "at"))),
      mode: member(json, "mode") === "observe" ? "observe" : "enforce",
    };
    return { question, answers };
  }

  private context(json: Json, isApart: boolean): JsonObject {
    if (!isJsonObject(json)) throw new NoSlice();
    if (this.base === undefined || isApart) {
      this.base ??= json;
      return json;
    }
    const whole: Record<string, Json> = { ...this.base };
    for (const name of Object.keys(json)) {
      const value = json[name] ?? null;
      if (value === null) delete whole[name];
      else whole[name] = value;
    }
    return whole;
  }

  private entity(place: Json): EntityJson {
    const entity = this.entities[numberOf(place)];
    if (entity === undefined) throw new NoSlice();
    return entity;
  }
}

function entityOf(json: Json): EntityJson {
  const attrs = member(json, "attrs");
  if (!isJsonObject(attrs)) throw new NoSlice();
  return { uid: refOf(member(json, "uid")), attrs, parents: items(member(json, "parents")).map(refOf) };
}

function answerOf(json: Json): ReadAnswer {
  if (!isJsonObject(json)) throw new NoSlice();
  const answer = toAnswer(member(json, "answer"));
  const would = member(json, "would");
  const resource = member(json, "resource");
  return {
    json,
    answer,
    meant: would === undefined ? answer : toAnswer(would),
    reason: textOf(member(json, "reason")),
    policies: items(member(json, "policies")).map(textOf),
    resource: resource === undefined ? undefined : refOf(resource),
  };
}

function evidenceOf(json: Json): Evidence {
  const binds = member(json, "binds");
  const mandate = member(json, "mandate");
  const kind = member(json, "kind");
  if (!isJsonObject(binds) || (kind !== "approval" && kind !== "step_up")) throw new NoSlice();
  return {
    id: parseApprovalId(textOf(member(json, "id"))),
    kind,
    policy: parseDigest(textOf(member(json, "policy"))),
    principal: parseIdentityId(textOf(member(json, "principal"))),
    action: textOf(member(json, "action")),
    resource: refOf(member(json, "resource")),
    argsDigest: parseCommitment(textOf(member(json, "argsDigest"))),
    binds,
    ...(mandate === undefined ? {} : { mandate: parseMandateId(textOf(mandate)) }),
    expires: instant(numberOf(member(json, "expires"))),
    uses: numberOf(member(json, "uses")),
    // whose signatures those were stands in the entries of the approval; that they held was decided then
    bound: [],
  };
}

function toAnswer(json: Json | undefined): Answer {
  const answer = ANSWERS.find((one) => one === json);
  if (answer === undefined) throw new NoSlice();
  return answer;
}

function refOf(json: Json | undefined): Ref {
  return { type: textOf(member(json, "type")), id: textOf(member(json, "id")) };
}

function items(json: Json | undefined): readonly Json[] {
  if (json === undefined || !isJsonArray(json)) throw new NoSlice();
  return json;
}

function textOf(json: Json | undefined): string {
  if (typeof json !== "string") throw new NoSlice();
  return json;
}

function numberOf(json: Json | undefined): number {
  if (typeof json !== "number") throw new NoSlice();
  return json;
}
