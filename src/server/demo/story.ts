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
  type JsonObject,
  member,
  type Timers,
} from "../../core/index.ts";
import { ServerError } from "../errors.ts";
import type { Agent } from "./agent.ts";

/** One step, as the record has it. */
export interface Step {
  readonly verb: string;
  readonly resource: string;
  readonly answer: string;
  /** The rules that answered, by name. */
  readonly reason: string;
  /** `file:line` of the first of them. */
  readonly where: string;
  /** UNIT: ms, from the agent's call to its answer. */
  readonly ms: number;
  /** What a visitor may look at, in words. */
  readonly look: readonly string[];
  /** True where the answer is the one that the policies of the demo must give. */
  readonly expected: boolean;
}

export interface StoryPorts {
  readonly agent: Agent;
  readonly entries: EntrySource;
  /** Folder that the upstream serves. */
  readonly files: string;
  /** Tools that the upstream has. */
  readonly tools: readonly string[];
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Tells the story step by step. */
export async function* tellStory(ports: StoryPorts): AsyncGenerator<Step> {
  const { agent, files, tools } = ports;
  const [read] = await step(ports, "allow", () => agent.call("read_text_file", { path: "invoices/2041.txt" }));
  yield { ...read, look: [] };

  const [listed, shown] = await step(ports, "allow", () => agent.tools());
  const hidden = tools.filter((tool) => !shown.includes(tool));
  yield {
    ...listed,
    look: [`${shown.length} of ${tools.length} tools; for this agent there is no ${hidden.join(", ")}`],
  };

  const invoices = path.join(files, "invoices");
  const before = await fingerprint(invoices);
  const forged = { path: "invoices/2041.txt", content: "total 1.00 EUR\n" };
  const [denied] = await step(ports, "deny", () => agent.call("write_file", forged));
  const isUnchanged = before === (await fingerprint(invoices));
  const look = [`${invoices}: ${isUnchanged ? "unchanged, byte for byte" : "CHANGED"}`];
  yield { ...denied, look, expected: denied.expected && isUnchanged };
}

/** UNIT: ms. A refusal is written beside its answer, so its entry may come a moment after it. */
const ENTRY_WAIT_MS = 5000;

async function step<T>(ports: StoryPorts, expected: string, act: () => Promise<T>): Promise<[Omit<Step, "look">, T]> {
  const decided = nextDecision(ports);
  const started = ports.clock.monotonic();
  const value = await act();
  const ms = Math.round(ports.clock.monotonic() - started);
  const told = tell(await decided);
  return [{ ...told, ms, expected: told.answer === expected }, value];
}

/** The first decision that the record makes durable from now on. */
function nextDecision(ports: StoryPorts): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const stopLive = ports.entries.live(({ entry }) => {
      if (member(entry, "type") !== "decision") return;
      finish();
      resolve(entry);
    });
    const stopTimer = ports.timers.after(ENTRY_WAIT_MS, () => {
      finish();
      reject(new ServerError("SERVER_DEMO_FAILED", "telling the story: the record has no entry of this step"));
    });
    const finish = (): void => {
      stopLive();
      stopTimer();
    };
  });
}

function tell(entry: JsonObject): Pick<Step, "verb" | "resource" | "answer" | "reason" | "where"> {
  const policies = member(member(entry, "why"), "policies");
  const hits = isJsonArray(policies) ? policies.filter(isJsonObject) : [];
  const [first] = hits;
  return {
    verb: text(member(entry, "verb")),
    resource: text(member(member(entry, "resource"), "id")),
    answer: text(member(entry, "answer")),
    reason: hits.length === 0 ? text(member(entry, "refusal")) : hits.map((hit) => text(hit["id"])).join(", "),
    where: first === undefined ? "" : `${text(first["file"])}:${JSON.stringify(first["line"])}`,
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
