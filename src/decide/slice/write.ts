// SPDX-License-Identifier: Apache-2.0
// The slice of an entry (D44): the canonical questions behind it, the entities that they reached, and what was answered. One
// text, written once: its digest is what the entry holds, and from the text the same answers can be made again. Questions
// of one call are nearly the same question, so of each after the first only what differs is written.
import { hash } from "node:crypto";
import {
  canonicalText,
  type Decision,
  type EntityJson,
  type Evidence,
  type Json,
  type JsonObject,
  member,
  parseDigest,
  parseJson,
  type Question,
  type Seals,
  type Slice,
  type SlicePart,
  writeJson,
} from "../../core/index.ts";
import type { Outcome } from "../answer.ts";
import { entityKey } from "../cedar/value.ts";
import type { PolicySet } from "../policy-set.ts";
import { Sealer } from "./sealer.ts";
import { type Attribute, attributesOf, Misfit, own, recordWriter, refText, type Write } from "./texts.ts";

/** How questions to one schema are written. */
interface Writers {
  /** By the key of the action. */
  readonly contexts: ReadonlyMap<string, ContextShape>;
  /** By type. */
  readonly entities: ReadonlyMap<string, Write>;
}

interface ContextShape {
  readonly attributes: readonly Attribute[];
  /** Equal for contexts of the same members. */
  readonly names: string;
}

export class SliceWriter {
  private readonly seals: Seals;
  private readonly writers = new WeakMap<PolicySet, Writers>();
  private sealer: Sealer;

  constructor(seals: Seals) {
    this.seals = seals;
    this.sealer = new Sealer(seals.current());
  }

  /** @param setOf - the set that answered a question */
  write(parts: readonly SlicePart[], setOf: (question: Question) => PolicySet | undefined): Slice {
    const key = this.seals.current();
    if (key !== this.sealer.key) this.sealer = new Sealer(key);
    const page = new Page(this.sealer, (question) => {
      const set = setOf(question);
      return set === undefined ? undefined : this.writersOf(set);
    });
    const written = parts.map(({ name, decisions }) => `{"asks":[${page.asks(decisions)}],"name":"${name}"}`);
    const [first] = parts.flatMap(({ decisions }) => decisions);
    const text = `{"entities":[${page.entities.join(",")}],"key":${JSON.stringify(key.id)},"parts":[${written.join(",")}],"salt":"${this.seals.salt()}","set":${JSON.stringify(first?.setDigest ?? null)},"v":1}`;
    return { text, digest: parseDigest(`sha256:${hash("sha256", text, "hex")}`) };
  }

  private writersOf(set: PolicySet): Writers {
    const known = this.writers.get(set);
    if (known !== undefined) return known;
    const { actions, entityTypes } = set.engine.schema;
    const made: Writers = {
      contexts: new Map(Array.from(actions, ([key, { context }]) => [key, shapeOf(attributesOf(context))])),
      entities: new Map(Array.from(entityTypes, ([name, type]) => [name, recordWriter(type.attributes)])),
    };
    this.writers.set(set, made);
    return made;
  }
}

function shapeOf(attributes: readonly Attribute[]): ContextShape {
  return { attributes, names: attributes.map(({ lead }) => lead).join("") };
}

/** One slice on its way: what was written of the questions before is not written again. */
class Page {
  readonly entities: string[] = [];
  private readonly places = new Map<string, number[]>();
  private readonly sealer: Sealer;
  private readonly writersFor: (question: Question) => Writers | undefined;
  private base:
    | { readonly json: JsonObject; readonly names: string; readonly texts: readonly (string | undefined)[] }
    | undefined;

  constructor(sealer: Sealer, writersFor: (question: Question) => Writers | undefined) {
    this.sealer = sealer;
    this.writersFor = writersFor;
  }

  /** Answers to one question stand together. */
  asks(decisions: readonly Decision[]): string {
    const asks: string[] = [];
    let answers: string[] = [];
    for (const [at, decision] of decisions.entries()) {
      answers.push(answerText(decision));
      const question = decision.asked?.question;
      if (decisions[at + 1]?.asked?.question === question && question !== undefined) continue;
      asks.push(`{"answers":[${answers.join(",")}]${question === undefined ? "" : `,${this.question(question)}`}}`);
      answers = [];
    }
    return asks.join(",");
  }

  private question(question: Question): string {
    const { action, argsDigest, at, domain, mode, pep, principal } = question;
    const told = `"action":${JSON.stringify(action)},"at":${at},"domain":"${domain}","principal":${refText(principal)}`;
    try {
      const writers = this.writersFor(question);
      const shape = writers?.contexts.get(entityKey("Action", action));
      if (writers === undefined || shape === undefined) throw new Misfit();
      const args = argsDigest === undefined ? "" : `,"args":"${argsDigest}"`;
      const duties =
        pep.obligations === undefined ? "" : `,"duties":${JSON.stringify([...pep.obligations].toSorted())}`;
      const observed = mode === "observe" ? `,"mode":"observe"` : "";
      const evidence = this.evidence(question.evidence ?? [], shape.attributes);
      const entities = question.entities.map((entity) => this.place(entity, writers));
      return `${told}${args}${this.context(question.context, shape)}${duties},"entities":[${entities.join(",")}]${evidence}${observed}`;
    } catch (cause) {
      if (!(cause instanceof Misfit)) throw cause;
      // it was refused for what it is; what that was stands nowhere
      return `${told},"unread":true`;
    }
  }

  /** Members that the first question had just so are left out; those that it had and this one lacks are `null`. */
  private context(context: JsonObject, { attributes, names }: ContextShape): string {
    const base = this.base?.names === names ? this.base : undefined;
    const texts: (string | undefined)[] = [];
    let differing = "";
    for (const [at, { name, lead, write }] of attributes.entries()) {
      const json = own(context, name);
      const isSame = base !== undefined && base.json[name] === json;
      const text = isSame ? base.texts[at] : json === undefined ? undefined : write(json, this.sealer);
      texts.push(text);
      if (text === base?.texts[at]) continue;
      differing += `${differing === "" ? "" : ","}${lead}${text ?? "null"}`;
    }
    const isApart = base === undefined && this.base !== undefined;
    this.base ??= { json: context, names, texts };
    return `,"context":{${differing}}${isApart ? `,"apart":true` : ""}`;
  }

  private place(entity: EntityJson, { entities }: Writers): number {
    const { uid, attrs, parents } = entity;
    const write = entities.get(uid.type);
    if (write === undefined) throw new Misfit();
    const text = `{"attrs":${write(attrs, this.sealer)},"parents":[${parents.map(refText).join(",")}],"uid":${refText(uid)}}`;
    // compared with what the same entity was before: a text that is only ever looked up by itself would be hashed for it
    const key = entityKey(uid.type, uid.id);
    const known = this.places.get(key);
    const same = known?.find((at) => this.entities[at] === text);
    if (same !== undefined) return same;
    const at = this.entities.push(text) - 1;
    if (known === undefined) this.places.set(key, [at]);
    else known.push(at);
    return at;
  }

  private evidence(evidence: readonly Evidence[], attributes: readonly Attribute[]): string {
    if (evidence.length === 0) return "";
    const texts = evidence.map(({ binds, bound: _signatures, mandate, resource, ...rest }) => {
      const bound = Object.entries<Json>(binds).map(([path, json]) => {
        return `${JSON.stringify(path)}:${this.bind(path, json, attributes)}`;
      });
      const kept = { ...rest, ...(mandate === undefined ? {} : { mandate }) };
      return `{"binds":{${bound.join(",")}},"resource":${refText(resource)},${canonicalText(kept).slice(1)}`;
    });
    return `,"evidence":[${texts.join(",")}]`;
  }

  /** A member of the context that an approval is bound to, as the context itself has it. */
  private bind(path: string, json: Json, attributes: readonly Attribute[]): string {
    const [name = "", ...below] = path.split(".");
    const attribute = attributes.find((one) => one.name === name);
    if (attribute === undefined) throw new Misfit();
    const whole = below.reduceRight<Json>((inner, step) => ({ [step]: inner }), json);
    const written = parseJson(attribute.write(whole, this.sealer));
    return writeJson(below.reduce<Json | undefined>(member, written) ?? null);
  }
}

/** What was answered about one resource: the same text for the same answer. */
export function answerText({ asked, ...outcome }: Outcome & Pick<Decision, "asked" | "would">): string {
  const { answer, would, reason, policies, errors, obligations, uses } = outcome;
  const ids = policies.map(({ id }) => id);
  const loose = would === undefined ? "" : `,"would":"${would}"`;
  const done =
    obligations.length === 0 ? "" : `,"obligations":${canonicalText(obligations.map((one) => ({ ...one })))}`;
  const failed =
    errors.length === 0 ? "" : `,"errors":${JSON.stringify(errors.map(({ policy, code }) => [policy, code]))}`;
  const used = uses.length === 0 ? "" : `,"uses":${JSON.stringify(uses)}`;
  const about = asked === undefined ? "" : `,"resource":${refText(asked.resource)}`;
  return `{"answer":"${answer}"${failed}${done},"policies":${JSON.stringify(ids)},"reason":"${reason}"${about}${used}${loose}}`;
}
