// SPDX-License-Identifier: Apache-2.0
// One upstream as the gate knows it: what it is, who runs it, what its tools do, which folder its paths name.
import type { Destination, ServerId, ToolManifest, Trust } from "../core/index.ts";
import type { Folder } from "./resources/folder.ts";

/** A program that the gate starts and talks to over its standard streams. */
export interface StdioTransport {
  readonly kind: "stdio";
  readonly command: readonly [string, ...string[]];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Who shares a process of it, where the protocol has no session that would need its own. */
  readonly isolate: Isolate;
}

export type Isolate = "identity" | "task" | "shared";

/** A server that is reached at a URL (Streamable HTTP). */
export interface HttpTransport {
  readonly kind: "http";
  readonly url: URL;
  /** What is shown to it in place of anything of the client's: asked for anew for each request, never kept. */
  readonly authorization?: () => Promise<string>;
  /** Redirects that are followed; none unless configured. */
  readonly redirects: number;
  /** Addresses of this host and of private networks may be reached. */
  readonly isPrivate: boolean;
}

export type Transport = StdioTransport | HttpTransport;

export interface UpstreamServer {
  readonly id: ServerId;
  /** Its protected resource (RFC 8707): the public URL of this gate's endpoint for it. */
  readonly resource: string;
  readonly transport: Transport;
  readonly destination: Destination & { readonly operator: string; readonly jurisdiction: string };
  /** Who speaks in what it returns (protect P22): what its values may decide. */
  readonly trust: Trust;
  /** Those of the manifest that is in force. */
  readonly tools: ReadonlyMap<string, ToolManifest>;
  /** Which revision it speaks: found out by asking unless configured (enforce E38). */
  readonly era: "auto" | "modern" | "legacy";
  readonly folder?: Folder;
  /** Hosts whose pages it may have a client open (enforce E31). */
  readonly urlHosts?: readonly string[];
  /** File of its manifest: what people edit. */
  readonly manifest?: string;
  /** What a changed tool that takes no more than before is: hidden until it is accepted, or shown and told (enforce E16). */
  readonly pin?: "warn" | "block";
}
