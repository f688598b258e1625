// SPDX-License-Identifier: Apache-2.0
// Single keys from the terminal, for as long as the demo waits for one. Without a terminal nobody presses any.
import type { ReadStream } from "node:tty";

const CTRL_C = "\u0003";

/** Calls `pressed` for each key until the returned function is called, which gives the terminal back. */
export function listenForKeys(input: ReadStream, pressed: (key: string) => void): () => void {
  const onData = (chunk: Buffer): void => {
    const key = chunk.toString("utf8");
    // raw mode takes the signal away, so it is given back by hand
    if (key === CTRL_C) process.kill(process.pid, "SIGINT");
    else pressed(key);
  };
  input.setRawMode(true);
  input.on("data", onData);
  input.resume();
  return () => {
    input.off("data", onData);
    input.setRawMode(false);
    input.pause();
  };
}
