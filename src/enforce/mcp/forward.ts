// SPDX-License-Identifier: Apache-2.0
// Takes one request through the gate and over a link, by its method, and words the answer for the client's revision. There is
// no other way from a client to an upstream (enforce E1).
import {
  type Commitment,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  jsonObject,
  member,
  type Recorder,
  type Ref,
  type Timers,
} from "../../core/index.ts";
import type { EnforceConfig } from "../config.ts";
import type { BrowseAttempt, Gate, Passage } from "../passage.ts";
import { promptRef, uriRef } from "../resources/entities.ts";
import type { UpstreamServer } from "../upstream-server.ts";
import { type Approvals, asksForPage, isShownPages, resumed } from "./asking.ts";
import type { Exchange, No } from "./caller.ts";
import { type Carried, type CarryPorts, carry, type Errand } from "./carry.ts";
import { Handles } from "./handles.ts";
import type { Wrong } from "./headers.ts";
import type { GateResponse } from "./http.ts";
import type { Heard } from "./link.ts";
import { listen } from "./listening.ts";
import { params, withMembers } from "./message.ts";
import { forServer } from "./meta.ts";
import { LISTED, modernResult, type Way, wayOf } from "./methods.ts";
import { MirroredTools } from "./mirrored.ts";
import { Progress } from "./progress.ts";
import { forbiddenInput } from "./questions.ts";
import { type ReadCall, readCall, unreadable } from "./reading.ts";
import { readObserved } from "./reading-observed.ts";
import { readOther } from "./reading-other.ts";
import { Slots } from "./slots.ts";
import { besideIn, definitionsIn, filterTools, withoutBeside } from "./tools.ts";
import { broken, json, NO_ANSWER, refusal, statusOf } from "./wire.ts";

export interface ForwardPorts extends CarryPorts {
  readonly gate: Gate;
  readonly recorder: Recorder;
  readonly timers: Timers;
  /** How calls that wait for people are told so. */
  readonly approvals: Approvals;
}

/** What one way over a link needs. */
type Carrying = Pick<Errand, "method" | "params"> &
  Partial<Errand> & {
    readonly signal: AbortSignal;
    readonly hear?: (heard: Heard) => void;
    /** The client asked to be told of progress. */
    readonly isTold?: boolean;
  };

/** Subscriptions of one identity at once (enforce E35). */
const SUBSCRIPTIONS_MAX = 8;
/** Cursors that one conversation keeps. */
const CURSORS_MAX = 256;

export class Forwarder {
  private readonly ports: ForwardPorts;
  private readonly config: EnforceConfig;
  private readonly mirrored = new MirroredTools();
  private readonly handles = new Handles();
  private readonly listening = new Slots(SUBSCRIPTIONS_MAX);

  constructor(ports: ForwardPorts, config: EnforceConfig) {
    this.ports = ports;
    this.config = config;
  }

  /** Any request but those that open or end a conversation, and those that last. */
  async forward(exchange: Exchange): Promise<GateResponse> {
    const { message, client, turn } = exchange;
    const way = wayOf(client.era, message.method);
    if (way === "tools" || way === "list") return this.list(exchange, way);
    if (way === "listen") return this.listen(exchange);
    const wrong = await this.mirrored.wrongWith(exchange, this.config.upstreamWaitMs);
    if (wrong !== undefined) return this.broken(exchange, wrong);
    const back = resumed(exchange, this.ports.approvals);
    if ("unsound" in back) return this.no(exchange, { code: "arguments_unreadable", why: back.unsound });
    if ("declined" in back) {
      this.ports.gate.withdraw(turn.standing, back.declined);
      return this.no(exchange, { code: "approval_refused", why: "its own person did not open the page" });
    }
    const asked = { ...exchange, message: back.message };
    let worded: Worded | undefined;
    const ready = (value: Carried): void => {
      if ("body" in value) worded = { of: value, response: this.worded(asked, value.body) };
    };
    const passage = await this.pass(asked, way, { ready, ...(back.args && { approved: back.args }) });
    return this.answer(asked, passage, worded);
  }

  /** @param approved - the arguments that people were asked about, where the client comes back from them */
  private async listen(exchange: Exchange): Promise<GateResponse> {
    const { told, turn } = exchange;
    if (told === undefined) return this.no(exchange, { code: "input_malformed", why: "it takes no events" });
    const passage = this.listening.run(turn.standing.identity, () => listen(this.ports, exchange));
    if (passage === "full") return this.no(exchange, { code: "busy", why: "too many subscriptions" });
    return this.answer(exchange, await passage);
  }

  private pass(
    exchange: Exchange,
    way: Way,
    { approved, ready }: { readonly approved?: Commitment; readonly ready: (value: Carried) => void },
  ): Promise<Passage> {
    const { turn, message, told } = exchange;
    const { server, standing } = turn;
    const given = params(message);
    const name = way === "call" ? member(given, "name") : undefined;
    const prompt = way === "prompt" ? member(given, "name") : undefined;
    const { method } = message;
    const { recorder } = this.ports;
    return this.ports.gate.call(standing, {
      server,
      method,
      isRead: way !== "call" && way !== "unknown" && way !== "task",
      // a name that no manifest has is anybody's text, and has no place in an entry
      ...(typeof name === "string" && server.tools.has(name) ? { name } : {}),
      ...(typeof prompt === "string" ? { prompt } : {}),
      signal: exchange.signal,
      arrived: turn.arrived,
      entered: (flight) => {
        if (told !== undefined) told.lines.flight = flight;
      },
      tellsFirst: isShownPages(exchange),
      read: async (mode) => {
        const maker = way === "task" ? this.handles.toolOf(standing, server, given) : undefined;
        if (way === "task" && maker === undefined) return unreadable("arguments_unreadable", "no task of this caller");
        const reading =
          way === "call"
            ? await (mode === "observe" ? readObserved : readCall)(recorder, standing, server, given)
            : await readOther(recorder, standing, server, { method, way, given, ...(maker && { maker }) });
        const isOther = approved !== undefined && "args" in reading && reading.args !== approved;
        return isOther ? unreadable("arguments_unreadable", "the state of a call with other arguments") : reading;
      },
      effect: (reading: ReadCall, orEnded) => this.effect(exchange, reading, orEnded),
      ready,
    });
  }

  private async effect(
    exchange: Exchange,
    { forward, objects, tool }: ReadCall,
    signal: AbortSignal,
  ): ReturnType<typeof carry> {
    const { told, message, client, turn } = exchange;
    const progress = told === undefined ? undefined : new Progress((event) => told.say(event));
    const { hear = noteOnly } = exchange;
    const effected = await this.carry(exchange, {
      method: message.method,
      params: forward,
      objects,
      signal,
      hear: (heard) => hear(heard, progress),
      ...(progress === undefined ? {} : { progress }),
      isTold: told?.token !== undefined,
    });
    if ("body" in effected.value) this.handles.note(turn.standing, turn.server, tool, effected.value.body);
    const why = "body" in effected.value ? forbiddenInput(turn.server, client, effected.value.body) : undefined;
    return why === undefined ? effected : { ...effected, value: { withheld: why } };
  }

  private async list(exchange: Exchange, way: "tools" | "list"): Promise<GateResponse> {
    const { message, turn, with: conversation } = exchange;
    const cursor = member(params(message), "cursor");
    const isKnown = cursor === undefined || (typeof cursor === "string" && conversation.cursors.has(cursor));
    if (!isKnown) return this.no(exchange, { code: "arguments_unreadable", why: "a cursor that it was not given" });
    const { server, standing, arrived } = turn;
    const { method } = message;
    const up = forwardList(message.tree);
    const passage =
      way === "tools"
        ? await this.ports.gate.list(standing, {
            server,
            method,
            arrived,
            fetch: (shown, ended) =>
              this.carry(exchange, {
                method,
                params: up,
                signal: AbortSignal.any([exchange.signal, ended]),
                change: (got) => this.shown(server, got, shown),
              }),
          })
        : await this.ports.gate.browse(standing, this.browsing(exchange, up));
    const next = passage.passed && "body" in passage.value ? nextOf(passage.value.body) : undefined;
    if (next !== undefined && conversation.cursors.size < CURSORS_MAX) conversation.cursors.add(next);
    return this.answer(exchange, passage);
  }

  private browsing(exchange: Exchange, up: JsonObject): BrowseAttempt {
    const { server, arrived } = exchange.turn;
    const { method } = exchange.message;
    const holder = LISTED.get(method) ?? "";
    let hidden: ReadonlySet<string> = new Set();
    return {
      server,
      method,
      arrived,
      fetch: (signal) =>
        this.carry(exchange, {
          method,
          params: up,
          signal: AbortSignal.any([exchange.signal, signal]),
          change: (got) => {
            const listed = besideIn(method, got);
            if (listed !== undefined) hidden = this.ports.gate.pinnedBeside(server, listed.beside, listed);
            return got;
          },
        }),
      refs: (body) => itemsOf(body, holder).map((item) => refOf(server, method, item)),
      keep: (body, kept) => {
        const all = cut(body, holder, kept);
        const told = member(all, "result");
        return isJsonObject(told) ? { ...all, result: withoutBeside(method, told, hidden) } : all;
      },
    };
  }

  /** What changed since it was accepted is shown to nobody, from this list on. */
  private shown(server: UpstreamServer, got: JsonObject, shown: ReadonlySet<string> | "all"): JsonObject {
    const changed = this.ports.gate.pinned(server, definitionsIn(got), member(got, "nextCursor") === undefined);
    const wrong = this.mirrored.learn(server.id, got);
    if (shown === "all") return got;
    return filterTools(got, new Set([...shown].filter((name) => !changed.has(name) && !wrong.has(name))));
  }

  private carry(
    exchange: Exchange,
    { signal, change, hear, isTold = false, ...errand }: Carrying,
  ): ReturnType<typeof carry> {
    const {
      client,
      stream,
      with: { link },
    } = exchange;
    const { progress } = errand;
    const isModern = client.era === "modern";
    const changed = (got: JsonObject): JsonObject => change?.(got) ?? got;
    return carry(this.ports, {
      child: link,
      standing: exchange.turn.standing,
      wait: {
        ms: this.config.upstreamWaitMs,
        signal,
        ...(hear === undefined ? {} : { hear }),
        ...(stream === undefined ? {} : { stream }),
        ...(isTold && progress !== undefined ? { progress: (told: JsonObject) => progress.take(told) } : {}),
      },
      objects: [],
      ...errand,
      params: forServer(errand.params, exchange.turn.server),
      change: (got) => (isModern ? modernResult(errand.method, changed(got)) : changed(got)),
    });
  }

  /** @param worded - what was put into words while its entry was written */
  private answer(exchange: Exchange, passage: Passage, worded?: Worded): GateResponse {
    if (!passage.passed) return this.refused(exchange, passage);
    const { value } = passage;
    if (!("body" in value)) {
      const cancelled = "lost" in value && value.lost === "cancelled";
      return cancelled ? NO_ANSWER : refusal(this.asked(exchange), "upstream_failed", passage.reference);
    }
    const progress = member(value.body, "progress");
    if (isJsonArray(progress)) exchange.told?.sayBefore(progress);
    return worded?.of === value ? worded.response : this.worded(exchange, value.body);
  }

  private worded({ message, client }: Exchange, { progress: _said, ...body }: JsonObject): GateResponse {
    const response = jsonObject([
      ["jsonrpc", "2.0"],
      ["id", message.id],
    ]);
    const status = client.era === "modern" ? statusOf(member(member(body, "error"), "code")) : 200;
    return json(status, withMembers(response, Object.entries(body)));
  }

  /** A method that no rule lets pass is one that is not there. */
  private refused(exchange: Exchange, passage: Extract<Passage, { passed: false }>): GateResponse {
    const { refusal: no, waiting, reference } = passage;
    const { code } = no;
    if (waiting !== undefined && isShownPages(exchange)) {
      const told = asksForPage(exchange, waiting, { reference, approvals: this.ports.approvals });
      if (told !== undefined) {
        exchange.shown?.(waiting);
        return told;
      }
    }
    const isHidden = code === "policy_denied" && wayOf(exchange.client.era, exchange.message.method) === "unknown";
    return refusal(this.asked(exchange), isHidden ? "method_unknown" : code, reference);
  }

  private no(exchange: Exchange, no: No): GateResponse {
    const { message, turn } = exchange;
    const reference = this.ports.gate.refuse({ ...turn, method: message.method, refusal: no });
    return refusal(this.asked(exchange), no.code, reference);
  }

  private broken({ message, turn }: Exchange, wrong: Wrong): GateResponse {
    const no: No = { code: "input_malformed", why: wrong.why };
    return broken(message.id, wrong, this.ports.gate.refuse({ ...turn, method: message.method, refusal: no }));
  }

  private asked({ message, client }: Exchange): Parameters<typeof refusal>[0] {
    return { id: message.id, method: message.method, era: client.era };
  }
}

/** An answer in the words of the client's revision, and what it says. */
interface Worded {
  readonly of: Carried;
  readonly response: GateResponse;
}

/** Of what an upstream says while it works, only its log is kept where there is no session. */
function noteOnly(heard: Heard, progress: Progress | undefined): void {
  if (heard.kind === "notification" && heard.method === "notifications/message") progress?.note(heard.params);
}

/** A list is asked for with its cursor, and with what makes its message modern. */
function forwardList(tree: JsonObject): JsonObject {
  const given = params({ tree });
  return jsonObject(
    ["cursor", "_meta"].flatMap((name) => {
      const value = member(given, name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function nextOf(body: JsonObject): string | undefined {
  const next = member(member(body, "result"), "nextCursor");
  return typeof next === "string" ? next : undefined;
}

function itemsOf(body: JsonObject, name: string): readonly JsonObject[] {
  const items = member(member(body, "result"), name);
  return isJsonArray(items) ? items.filter((item) => isJsonObject(item)) : [];
}

/** What each thing of a list is, as policy knows it. */
function refOf(server: UpstreamServer, method: string, item: JsonObject): Ref {
  const named = member(item, method === "prompts/list" ? "name" : method === "resources/list" ? "uri" : "uriTemplate");
  const name = typeof named === "string" ? named : "";
  return method === "prompts/list" ? promptRef(server, name) : uriRef(server, name);
}

function cut(body: JsonObject, name: string, kept: ReadonlySet<number>): JsonObject {
  const result = member(body, "result");
  if (!isJsonObject(result)) return body;
  const items = itemsOf(body, name).filter((_, i) => kept.has(i));
  return { ...body, result: { ...result, [name]: items } };
}
