// SPDX-License-Identifier: Apache-2.0
// Faults of this room: a configuration or a folder that cannot be used, an upstream that broke its protocol.
import { BailiwickError } from "../core/index.ts";

export type EnforceErrorCode =
  | "ENFORCE_MANIFEST_INVALID"
  | "ENFORCE_FOLDER_UNUSABLE"
  | "ENFORCE_UPSTREAM_START"
  | "ENFORCE_UPSTREAM_GONE"
  | "ENFORCE_UPSTREAM_PROTOCOL"
  | "ENFORCE_UPSTREAM_TIMEOUT"
  | "ENFORCE_UPSTREAM_REFUSED"
  | "ENFORCE_CANCELLED";

export class EnforceError extends BailiwickError<EnforceErrorCode> {}
