// SPDX-License-Identifier: Apache-2.0
// What the gate remembers of each task while it runs: where its values came from, and the label of all that it has read.
import type { KeyObject } from "node:crypto";
import { type DecoyId, join, type Label, NEUTRAL_LABEL, parseServerId, type TaskId } from "../core/index.ts";
import { openTask, type TaskIndex } from "../protect/index.ts";

/** Tasks at once; the one that rested longest is forgotten, and what it read then counts as unknown. */
export const TASKS_MAX = 1000;

export interface TaskMemory {
  readonly index: TaskIndex;
  /** The label of everything that the task has read: it only rises. */
  context(): Label;
  read(label: Label): void;
  /** Planted values that it met: where they were planted, or only in copies. */
  readonly decoys: Map<DecoyId, "place" | "copy">;
}

export class Tasks {
  private readonly key: KeyObject;
  private readonly open = new Map<TaskId, Memory>();

  constructor(key: KeyObject) {
    this.key = key;
  }

  of(task: TaskId): TaskMemory {
    const known = this.open.get(task) ?? this.begin(task, "found");
    this.open.delete(task);
    this.open.set(task, known);
    return known;
  }

  /** What a person typed for this task (protect P22): a task begins with somebody's words. */
  seed(task: TaskId, text: string): void {
    const known = this.open.get(task) ?? this.begin(task, "seeded");
    known.index.seed(text, "user");
  }

  private begin(task: TaskId, how: "seeded" | "found"): Memory {
    const [oldest] = this.open.keys();
    if (this.open.size >= TASKS_MAX && oldest !== undefined) this.open.delete(oldest);
    const memory = new Memory(openTask({ key: this.key, task }));
    this.open.set(task, memory);
    if (how === "seeded") return memory;
    // nobody here saw it begin, or it was forgotten: what it has read may be anything
    memory.index.ingest({ text: "" }, { server: UNSEEN, tool: "", tier: "unknown" });
    memory.read({ ...NEUTRAL_LABEL, level: "restricted", trust: "unknown", complete: false });
    return memory;
  }
}

const UNSEEN = parseServerId("unseen");

class Memory implements TaskMemory {
  readonly index: TaskIndex;
  readonly decoys = new Map<DecoyId, "place" | "copy">();
  private label: Label = NEUTRAL_LABEL;

  constructor(index: TaskIndex) {
    this.index = index;
  }

  context(): Label {
    return this.label;
  }

  read(label: Label): void {
    this.label = join(this.label, label);
  }
}
