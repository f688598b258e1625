// SPDX-License-Identifier: Apache-2.0
// One upstream as the gate knows it: what it is, who runs it, what its tools do, which folder its paths name.
import type { Destination, ServerId, ToolManifest, Trust } from "../core/index.ts";
import type { Folder } from "./resources/folder.ts";

export interface UpstreamServer {
  readonly id: ServerId;
  /** Its protected resource (RFC 8707): the public URL of this gate's endpoint for it. */
  readonly resource: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly destination: Destination & { readonly operator: string; readonly jurisdiction: string };
  /** Who speaks in what it returns (protect P22): what its values may decide. */
  readonly trust: Trust;
  readonly tools: ReadonlyMap<string, ToolManifest>;
  readonly folder?: Folder;
}
