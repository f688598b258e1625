// SPDX-License-Identifier: Apache-2.0
// Faults of the composition: a configuration that cannot be used, an address that cannot be had.
import { BailiwickError } from "../core/index.ts";

export type ServerErrorCode =
  | "SERVER_CONFIG_MISSING"
  | "SERVER_CONFIG_INVALID"
  | "SERVER_FOLDER_REFUSED"
  | "SERVER_POLICIES_INVALID"
  | "SERVER_REPLAY_REFUSED"
  | "SERVER_RESTORED"
  | "SERVER_PORT_BUSY"
  | "SERVER_ROUTE_OPEN"
  | "SERVER_DATA_UNUSABLE"
  | "SERVER_CONNECT_REFUSED"
  | "SERVER_CONNECT_UNKNOWN"
  | "SERVER_CONNECT_BUSY"
  | "SERVER_MANIFEST_REFUSED"
  | "SERVER_PIN_REFUSED"
  | "SERVER_DEMO_FAILED"
  | "SERVER_SECRET_UNUSABLE"
  | "SERVER_OUTBOUND_REFUSED"
  | "SERVER_OUTBOUND_FAILED";

export class ServerError extends BailiwickError<ServerErrorCode> {}
