// SPDX-License-Identifier: Apache-2.0
// What a command has of the world: two streams, how wide and how colourful they are, and when to stop.
import type { Readable } from "node:stream";
import type { Fetch } from "../sdk/index.ts";

export interface CliIo {
  /** Data, as it is: line ends are the caller's. */
  readonly out: (text: string) => void;
  /** Everything that is no data. */
  readonly err: (text: string) => void;
  readonly color: boolean;
  /** UNIT: characters of a line. */
  readonly columns: number;
  readonly cwd: string;
  /** Where the gate is, as the environment says (`BAILIWICK_GATE`). */
  readonly gate: string | undefined;
  /** What comes in by stdin; destroyed by whoever asked for it, or the process waits for its end. */
  readonly input: () => Readable;
  /** Data, for who must not run ahead of its reader: resolves when it was taken, or when nobody reads any more. */
  readonly outTaken: (text: string) => Promise<void>;
  /**
   * Aborted by Ctrl-C, SIGTERM, SIGHUP, and when nobody reads the output any more. Whoever asks for it ends by itself
   * then; a command that never asks is ended by the signal, at once.
   */
  readonly stop: () => AbortSignal;
  readonly fetch: Fetch;
  /** Asks the person at the terminal for a line, empty at the end of the input; `undefined` where nobody sits at one. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "cyan";

// ECMA-48 section 8.3.117, "select graphic rendition": on and off
const CODES: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
};

/** Colour never carries meaning alone: the text says the same without it. */
export function paint(io: Pick<CliIo, "color">, style: Style | undefined, text: string): string {
  if (!io.color || style === undefined || text === "") return text;
  const [on, off] = CODES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
