// SPDX-License-Identifier: Apache-2.0
// The sections `mcp` and `enforce` of the configuration, and the manifest file of one server.
import { z } from "zod";
import {
  type Destination,
  JURISDICTION,
  MODES,
  type Mode,
  type Reach,
  ROLES,
  type Role,
  type ToolManifest,
  TRUSTS,
  type Trust,
  VERBS,
} from "../core/index.ts";
import type { Isolate } from "./upstream-server.ts";

/** UNIT: ms. Longest wait for an upstream's answer to one request. */
export const UPSTREAM_WAIT_MS = 60_000;
/** Calls of one identity that may wait for an upstream at once (enforce E35). */
export const CALLS_PER_IDENTITY = 64;
/** Sessions of one identity; each stdio session has a child process of its own. */
export const SESSIONS_PER_IDENTITY = 16;
/** UNIT: ms. A session that nobody used for so long is closed. */
export const SESSION_IDLE_MS: number = 30 * 60_000;

/** UNIT: ms. How long a call waits for a person before its caller is told that it waits (enforce E29). */
export const HOLD_MS = 25_000;

/** One upstream MCP server. */
export interface McpServerConfig {
  /** A program that is started, or a URL that is called: one of the two. */
  readonly command?: readonly string[] | undefined;
  readonly url?: string | undefined;
  readonly auth: "none" | { readonly file: string };
  readonly era: "auto" | "modern" | "legacy";
  readonly isolate: Isolate;
  readonly allow: { readonly redirects: number; readonly private: boolean };
  readonly urlHosts?: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly operator: string;
  readonly jurisdiction: string;
  readonly destination: Exclude<Destination["kind"], "none">;
  readonly trust: Trust;
  readonly pin: "warn" | "block";
  readonly folder?: string | undefined;
  readonly manifest?: string | undefined;
  readonly mode?: Mode | undefined;
}

/** Section `mcp`. */
export interface McpConfig {
  readonly mode: Mode;
  readonly servers: Readonly<Record<string, McpServerConfig>>;
}

/** Section `enforce`. UNIT: members ending in `Ms` are milliseconds. */
export interface EnforceConfig {
  readonly upstreamWaitMs: number;
  readonly callsPerIdentity: number;
  readonly sessionsPerIdentity: number;
  readonly sessionIdleMs: number;
  readonly holdMs: number;
}

const serverFields = z.strictObject({
  command: z.array(z.string().min(1)).min(1).optional().describe("program and arguments; started without a shell"),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("its MCP endpoint (Streamable HTTP), in place of a command"),
  auth: z
    .union([z.literal("none"), z.strictObject({ file: z.string().min(1) })], {
      error:
        "write none, or { file: PATH } of a file that holds the token; a keyring or a token exchange is not in this version",
    })
    .default("none")
    .describe("what a server at a URL is shown: nothing, or the token in a file that nobody else can read"),
  era: z.enum(["auto", "modern", "legacy"]).default("auto").describe("revision that it speaks; auto asks it"),
  isolate: z
    .enum(["identity", "task", "shared"])
    .default("identity")
    .describe("who shares a process of a command where the protocol has no sessions"),
  urlHosts: z
    .array(z.string().min(1).max(255))
    .max(64)
    .optional()
    .describe("hosts, with a port where it is not the usual one, whose pages the upstream may have a client open"),
  allow: z
    .strictObject({
      redirects: z.number().int().min(0).max(5).default(0).describe("redirects of a URL that are followed"),
      private: z.boolean().default(false).describe("its URL may lead to this host or a private network"),
    })
    .prefault({}),
  env: z.record(z.string(), z.string()).default({}).describe("the whole environment of the upstream beside PATH"),
  operator: z.string().min(1).max(128).describe("who runs the upstream"),
  jurisdiction: z.string().regex(JURISDICTION).describe("whose law it is under, such as FR or US-CA"),
  destination: z
    .enum(["internal", "partner", "external"])
    .default("external")
    .describe("internal (our own), partner or external: what arguments sent there mean"),
  trust: z
    .enum(TRUSTS)
    .exclude(["directory", "mandate", "user"])
    .default("unknown")
    .describe("who speaks in what it returns"),
  pin: z
    .enum(["warn", "block"])
    .default("block")
    .describe(
      "a tool that says something else than what was accepted is hidden (block), or shown if it takes no more (warn)",
    ),
  folder: z.string().min(1).optional().describe("the folder that its path arguments name files in"),
  manifest: z
    .string()
    .min(1)
    .optional()
    .describe("file that says what each tool does; without one every tool counts as the worst it could be"),
  mode: z.enum(MODES).optional().describe("as mcp.mode, for this server"),
});

/** One of two ways to reach it, and nothing secret in the clear. */
const serverConfig = serverFields.superRefine((server, context) => {
  const wrong = (at: string, message: string): void => context.addIssue({ code: "custom", path: [at], message });
  if ((server.command === undefined) === (server.url === undefined))
    return wrong("command", "either `command` or `url`, and not both");
  if (server.url === undefined)
    return server.auth === "none" ? undefined : wrong("auth", "a program is given secrets by `env`, not by `auth`");
  const { protocol, username, password } = new URL(server.url);
  if (username !== "" || password !== "") wrong("url", "a password has no place in a URL; use `auth`");
  if (protocol === "http:" && !server.allow.private)
    wrong("url", "http is for private networks alone: take https, or set `allow.private`");
});

export const mcpConfig: z.ZodType<McpConfig> = z.strictObject({
  mode: z
    .enum(MODES)
    .default("enforce")
    .describe("what a server that was never here before begins with; what it is now is in the store"),
  servers: z.record(z.string(), serverConfig).describe("upstream MCP servers by id"),
});

const milliseconds = (max: number): z.ZodNumber => z.number().int().min(100).max(max).meta({ unit: "ms" });

export const enforceConfig: z.ZodType<EnforceConfig> = z.strictObject({
  upstreamWaitMs: milliseconds(600_000).default(UPSTREAM_WAIT_MS).describe("longest wait for an upstream's answer"),
  callsPerIdentity: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(CALLS_PER_IDENTITY)
    .describe("calls that may wait at once"),
  sessionsPerIdentity: z.number().int().min(1).max(256).default(SESSIONS_PER_IDENTITY).describe("open MCP sessions"),
  holdMs: milliseconds(120_000).default(HOLD_MS).describe("how long a call waits for a person"),
  sessionIdleMs: milliseconds(86_400_000).default(SESSION_IDLE_MS).describe("an unused session is closed after this"),
});

/** A manifest file: what a person states each tool of one server does (enforce E14). */
export interface ManifestFile {
  readonly server: string;
  /** Nobody has read it yet: no tool of it can be used. */
  readonly draft?: true | undefined;
  readonly tools: Readonly<Record<string, ToolStatement>>;
}

export interface ToolStatement extends Pick<ToolManifest, "verb" | "effect"> {
  readonly args: Readonly<Record<string, ArgumentStatement>>;
}

export interface ArgumentStatement {
  readonly role: Role;
  readonly type?: "path" | undefined;
  readonly reach?: Reach | undefined;
  readonly required?: boolean | undefined;
}

const argument = z.strictObject({
  role: z.enum(ROLES),
  type: z.literal("path").optional(),
  reach: z.enum(["item", "children", "subtree"]).optional(),
  required: z.boolean().optional(),
});

export const manifestFile: z.ZodType<ManifestFile> = z.strictObject({
  server: z.string(),
  draft: z.literal(true).optional(),
  tools: z.record(
    z.string().min(1).max(128),
    z.strictObject({
      verb: z.enum(VERBS),
      effect: z.enum(["none", "reversible", "irreversible"]),
      args: z.record(z.string().regex(/^[^[\]]+(\[\])?$/), argument).default({}),
    }),
  ),
});
