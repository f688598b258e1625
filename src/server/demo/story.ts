// SPDX-License-Identifier: Apache-2.0
// The story of the demo: what the agent tries is written here; every answer, reason and time is the gate's, read back from
// its record.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import {
  type Clock,
  type EntrySource,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  member,
  type Timers,
} from "../../core/index.ts";
import type { Order } from "../../respond/index.ts";
import { ServerError } from "../errors.ts";
import type { Agent } from "./agent.ts";
import { DECOY_FILE } from "./decoy.ts";
import type { DemoAnswer } from "./person.ts";

/** One step, as the record has it. */
export interface Step {
  readonly verb: string;
  readonly resource: string;
  readonly answer: string;
  /** The rules that answered, by name. */
  readonly reason: string;
  /** Each of them with its `file:line`. */
  readonly rules: readonly string[];
  /** UNIT: ms, from the agent's call to its answer, the time that a person took included. */
  readonly ms: number;
  /** What a visitor may look at, in words. */
  readonly look: readonly string[];
  /** What stopped the agent; of the last step alone. */
  readonly contain?: { readonly effect: string; readonly ms: number; readonly points: number };
  /** True where the answer is the one that the policies of the demo must give. */
  readonly expected: boolean;
}

export interface StoryPorts {
  /** In front of the office's files, and of the partner's folder. */
  readonly agent: Agent;
  readonly partner: Agent;
  readonly entries: EntrySource;
  /** Folders that the upstreams serve. */
  readonly files: string;
  readonly outbox: string;
  /** Tools that the upstream has. */
  readonly tools: readonly string[];
  /** Answers the one question that will wait; says what became of it. */
  readonly person: () => Promise<DemoAnswer>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Nobody waits for the story any more. */
  readonly signal: AbortSignal;
  /** The credential that was planted in {@link DECOY_FILE}. */
  readonly planted: string;
  /** The orders that bind now. */
  readonly orders: () => readonly Order[];
}

const CUSTOMERS = "number,name,city\n1001,Brasserie Halle,Lyon,1 84 12 76 451 089 46\n";

/** Tells the story step by step. */
export async function* tellStory(ports: StoryPorts): AsyncGenerator<Step> {
  yield await reads(ports);
  yield await lists(ports);
  yield await readsPeople(ports);
  yield* pays(ports);
  yield await changes(ports);
  yield await sends(ports);
  yield await strays(ports);
}

async function reads(ports: StoryPorts): Promise<Step> {
  const [{ step }] = await watched(ports, () => ports.agent.call("read_text_file", { path: "invoices/2041.txt" }));
  return { ...step, look: [], expected: step.answer === "allow" };
}

async function lists(ports: StoryPorts): Promise<Step> {
  const [{ step }, shown] = await watched(ports, () => ports.agent.tools());
  const hidden = ports.tools.filter((tool) => !shown.includes(tool));
  const look = [`${shown.length} of ${ports.tools.length} tools; for this agent there is no ${hidden.join(", ")}`];
  return { ...step, look, expected: step.answer === "allow" };
}

async function readsPeople(ports: StoryPorts): Promise<Step> {
  const [{ step, entry }, said] = await watched(ports, () =>
    ports.agent.call("read_text_file", { path: "customers/customers.csv" }),
  );
  const outcome = member(entry, "outcome");
  const release = member(outcome, "release");
  const content = member(outcome, "content");
  const [first] = isJsonArray(content) ? content : [];
  const masked = said.text.split("\n").find((line) => line.startsWith("1001")) ?? "";
  const told = { ...step, answer: text(member(release, "answer")), ...rulesOf(release) };
  return {
    ...told,
    look: [`${JSON.stringify(member(first, "redacted") ?? 0)} masked, for this server says all twice: ${masked}`],
    expected: told.answer === "limit" && masked.includes("[masked national id FR]"),
  };
}

const ORDER = { path: "payments/2041.json", content: '{"invoice":2041,"amount":"3200.00","currency":"EUR"}\n' };

type PayPorts = Pick<StoryPorts, "agent" | "entries" | "files" | "person" | "clock" | "timers" | "signal">;

/** The payment once more, under the rules that are in force now; a person is asked where they still say so. */
export async function payOnce(ports: PayPorts): Promise<Step> {
  let became: DemoAnswer | undefined;
  void ports.person().then((answer) => (became = answer));
  const [{ step }] = await watched(ports, () => ports.agent.act("execute", "write_file", ORDER));
  const written = (await readdir(path.join(ports.files, "payments"))).includes("2041.json");
  const look = [`${path.join(ports.files, "payments")}: ${written ? "2041.json written" : "nothing written"}`];
  return became === undefined
    ? { ...step, look, expected: true }
    : { ...step, answer: "challenge", look: [BECAME[became], ...look], expected: true };
}

async function* pays(ports: StoryPorts): AsyncGenerator<Step> {
  const waiting = ports.person();
  const [{ step }] = await watched(ports, () => ports.agent.act("execute", "write_file", ORDER));
  const became = await waiting;
  const written = (await readdir(path.join(ports.files, "payments"))).includes("2041.json");
  const look = [`${path.join(ports.files, "payments")}: ${written ? "2041.json written" : "nothing written"}`];
  const expected = became === "approved" ? step.answer === "log" && written : step.answer === "deny" && !written;
  yield {
    ...step,
    answer: "challenge",
    look: [BECAME[became], ...look],
    expected,
  };
}

const BECAME: Readonly<Record<DemoAnswer, string>> = {
  approved: "approved for this exact call, once, by a demo key: not a person's passkey",
  refused: "refused",
  expired: "expired: 20 s passed, so the answer is no",
};

async function changes(ports: StoryPorts): Promise<Step> {
  const invoices = path.join(ports.files, "invoices");
  const before = await fingerprint(invoices);
  const forged = { path: "invoices/2041.txt", content: "total 1.00 EUR\n" };
  const [{ step }] = await watched(ports, () => ports.agent.act("execute", "write_file", forged));
  const isUnchanged = before === (await fingerprint(invoices));
  return {
    ...step,
    look: [`${invoices}: ${isUnchanged ? "unchanged, byte for byte" : "CHANGED"}`],
    expected: step.answer === "deny" && isUnchanged,
  };
}

async function sends(ports: StoryPorts): Promise<Step> {
  await watched(ports, () => ports.agent.call("read_text_file", { path: "inbox/notice.md" }));
  const copy = { path: "partner-copy.csv", content: CUSTOMERS };
  const [{ step, entry }] = await watched(ports, () => ports.partner.act("execute", "write_file", copy));
  const held = await readdir(ports.outbox);
  const isThere = held.includes("partner-copy.csv");
  return {
    ...step,
    look: [...originLines(entry), `${ports.outbox}: ${isThere ? "partner-copy.csv IS THERE" : "nothing new"}`],
    expected: step.answer === "deny" && !isThere,
  };
}

/** UNIT: ms. Longest wait until every gate has answered, and between two looks. */
const STOP_WAIT_MS = 10_000;
const LOOK_MS = 5;

/** It reads a credential that was planted for it to find, and uses it: refused, and stopped everywhere. */
async function strays(ports: StoryPorts): Promise<Step> {
  await watched(ports, () => ports.agent.call("read_text_file", { path: DECOY_FILE }));
  const report = { path: "reports/deploy.md", content: `deployed with ${ports.planted}\n` };
  const [{ step, entry }, said] = await watched(ports, () => ports.agent.act("execute", "write_file", report));
  const order = await stoppedBy(ports, text(member(member(entry, "who"), "identity")));
  const dead = await deadOf(ports, order.scope.id);
  const acked = order.points.filter(({ state }) => state === "acked").length;
  const later = await ports.agent.call("read_text_file", { path: "invoices/2041.txt" });
  const isWritten = (await readdir(path.join(ports.files, "reports"))).includes("deploy.md");
  const ms = Math.max(1, Math.round(order.triggerMs ?? 0));
  const contain = { effect: order.effect, ms, points: acked };
  return {
    ...step,
    verb: order.effect,
    resource: order.scope.id.slice(order.scope.id.lastIndexOf("/") + 1),
    answer: "contain",
    reason: order.because,
    rules: [],
    look: [
      `stopped at ${acked} of ${order.points.length} gates in ${ms} ms · ${counted(dead.tokens, "token")} dead · ${counted(dead.steps, "delegated step")} ended`,
      `${path.join(ports.files, "reports")}: ${isWritten ? "deploy.md IS THERE" : "nothing new"}; a later read: ${later.isError ? "refused" : "LET THROUGH"}`,
    ],
    contain,
    expected: order.state === "effective" && said.isError && later.isError && !isWritten,
  };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** The order that holds an identity, once every gate has answered. */
async function stoppedBy(ports: StoryPorts, identity: string): Promise<Order> {
  const until = ports.clock.monotonic() + STOP_WAIT_MS;
  for (;;) {
    const order = ports.orders().find(({ effect, scope }) => effect === "isolate" && scope.id === identity);
    if (order?.state === "effective" && order.recorded) return order;
    if (ports.clock.monotonic() > until)
      throw new ServerError(
        "SERVER_DEMO_FAILED",
        "telling the story: the planted credential was used and nobody was stopped",
      );
    await new Promise<void>((resolve) => void ports.timers.after(LOOK_MS, resolve));
  }
}

/** Tokens that would still live, and steps below a first one, as the record has them. */
async function deadOf(
  { entries, clock }: StoryPorts,
  identity: string,
): Promise<{ readonly tokens: number; readonly steps: number }> {
  const now = clock.now();
  const live = new Map<string, string | undefined>();
  for await (const { entry } of entries.read({ from: 0 })) {
    // each start opens mandates of its own, and what was given under those of the last is dead since then
    if (member(entry, "name") === "process.started") live.clear();
    for (const use of listOf(member(entry, "uses"))) live.delete(text(member(use, "key")));
    const data = member(entry, "data");
    const exp = member(data, "exp");
    const isOf = member(entry, "name") === "credential.issued" && member(entry, "by") === identity;
    if (!isOf || typeof exp !== "number" || exp <= now) continue;
    const steps = listOf(member(data, "path"));
    live.set(text(member(data, "jti")), steps.length > 1 ? text(steps.at(-1)) : undefined);
  }
  const children = [...live.values()].filter((step) => step !== undefined);
  return { tokens: live.size, steps: new Set(children).size };
}

function listOf(json: Json | undefined): readonly Json[] {
  return isJsonArray(json) ? json : [];
}

/** Why the target may not decide, and whether the data may cross the border: both as the entry has them. */
function originLines(entry: JsonObject): string[] {
  const broken = member(member(entry, "origin"), "broken");
  const [first] = isJsonArray(broken) ? broken : [];
  const transfer = member(member(entry, "why"), "transfer");
  const rules = member(transfer, "rules");
  return [
    ...(first === undefined
      ? []
      : [
          `${text(member(first, "role"))} chosen by ${text(member(first, "source")).replace(/ at [^#]*#L(\d+)$/, ", line $1")}`,
        ]),
    `transfer ${text(member(transfer, "verdict"))}: ${isJsonArray(rules) ? rules.map(text).join(", ") : ""} (unreviewed)`,
  ];
}

/** UNIT: ms. A refusal is written beside its answer, so its entry may come a moment after it. */
const ENTRY_WAIT_MS = 60_000;

interface Watched {
  readonly step: Omit<Step, "look" | "expected">;
  readonly entry: JsonObject;
}

async function watched<T>(
  ports: Pick<StoryPorts, "entries" | "clock" | "timers" | "signal">,
  act: () => Promise<T>,
): Promise<[Watched, T]> {
  const decided = nextDecision(ports);
  decided.catch(() => undefined); // where the call itself fails, that is the fault to tell of
  const started = ports.clock.monotonic();
  const value = await act();
  const ms = Math.round(ports.clock.monotonic() - started);
  const entry = await decided;
  return [{ step: { ...tell(entry), ms }, entry }, value];
}

/** The first decision that the record makes durable from now on. */
function nextDecision(ports: Pick<StoryPorts, "entries" | "timers" | "signal">): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const none = (why: string): void => {
      finish();
      reject(new ServerError("SERVER_DEMO_FAILED", `telling the story: ${why}`));
    };
    const end = (): void => none("it was ended");
    const stopLive = ports.entries.live(({ entry }) => {
      if (member(entry, "type") !== "decision") return;
      finish();
      resolve(entry);
    });
    const stopTimer = ports.timers.after(ENTRY_WAIT_MS, () => none("the record has no entry of this step"));
    ports.signal.addEventListener("abort", end, { once: true });
    const finish = (): void => {
      stopLive();
      stopTimer();
      ports.signal.removeEventListener("abort", end);
    };
    if (ports.signal.aborted) end();
  });
}

function tell(entry: JsonObject): Omit<Step, "look" | "ms" | "expected"> {
  const rules = rulesOf(member(entry, "why"));
  const leaves = member(member(entry, "disclose"), "answer") === "deny";
  return {
    // where the disclosure was denied, what was refused is the sharing of the arguments
    verb: leaves ? "share" : text(member(entry, "verb")),
    resource: text(member(member(entry, "resource"), "id")),
    answer: text(member(entry, "answer")),
    ...rules,
    reason: rules.reason === "" ? text(member(entry, "refusal")) : rules.reason,
  };
}

/** The rules behind an answer: what stopped or limited it, or, where nothing did, what permits it. */
function rulesOf(why: Json | undefined): Pick<Step, "reason" | "rules"> {
  const policies = member(why, "policies");
  const hits = isJsonArray(policies) ? policies.filter(isJsonObject) : [];
  const forbids = hits.filter((hit) => hit["effect"] === "forbid");
  const named = forbids.length > 0 ? forbids : hits;
  return {
    reason: named.map((hit) => text(hit["id"])).join(", "),
    rules: named.map((hit) => `${text(hit["file"])}:${JSON.stringify(hit["line"])} ${text(hit["id"])}`),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** One digest over every name and byte of a folder. */
async function fingerprint(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(folder)).toSorted()) {
    hash.update(`${name}\0`).update(await readFile(path.join(folder, name)));
  }
  return hash.digest("hex");
}
