// SPDX-License-Identifier: Apache-2.0
// What keeps a call from reaching the gate, or its answer from coming back. Each becomes a plain MCP error.
import { BailiwickError } from "../core/index.ts";

export type ConnectErrorCode =
  | "CONNECT_KEY_UNSAFE"
  | "CONNECT_KEY_MALFORMED"
  | "CONNECT_GATE_UNREACHABLE"
  | "CONNECT_GATE_LOST"
  | "CONNECT_GATE_MISMATCH"
  | "CONNECT_ANSWER_MALFORMED"
  | "CONNECT_PAIRING"
  | "CONNECT_REFUSED";

/** A fault of the sidecar: its key, its gate, or what the gate said of it. */
export class ConnectError extends BailiwickError<ConnectErrorCode> {}
