// SPDX-License-Identifier: Apache-2.0
// The sections `mcp` and `enforce` of the configuration, and the manifest file of one server.
import { z } from "zod";
import { DESTINATION_KINDS, JURISDICTION, type Reach, ROLES, type Role, VERBS } from "../core/index.ts";

/** UNIT: ms. Longest wait for an upstream's answer to one request. */
export const UPSTREAM_WAIT_MS = 60_000;
/** Calls of one identity that may wait for an upstream at once (enforce E35). */
export const CALLS_PER_IDENTITY = 64;
/** Sessions of one identity; each stdio session has a child process of its own. */
export const SESSIONS_PER_IDENTITY = 16;
/** UNIT: ms. A session that nobody used for so long is closed. */
export const SESSION_IDLE_MS: number = 30 * 60_000;

const serverConfig = z.strictObject({
  command: z.array(z.string().min(1)).min(1).describe("program and arguments; started without a shell"),
  env: z.record(z.string(), z.string()).default({}).describe("the whole environment of the upstream beside PATH"),
  operator: z.string().min(1).max(128).describe("who runs the upstream"),
  jurisdiction: z.string().regex(JURISDICTION).describe("whose law it is under, such as FR or US-CA"),
  destination: z
    .enum(DESTINATION_KINDS)
    .exclude(["none"])
    .default("external")
    .describe("internal (our own), partner or external: what arguments sent there mean"),
  folder: z.string().min(1).optional().describe("the folder that its path arguments name files in"),
  manifest: z.string().min(1).describe("file that says what each tool does"),
});

/** Section `mcp`. */
export const mcpConfig = z.strictObject({
  servers: z.record(z.string(), serverConfig).describe("upstream MCP servers by id"),
});
export type McpServerConfig = z.infer<typeof serverConfig>;

/** Section `enforce`. */
export const enforceConfig = z.strictObject({
  upstreamWaitMs: z.number().int().min(100).max(600_000).default(UPSTREAM_WAIT_MS).meta({ unit: "ms" }),
  callsPerIdentity: z.number().int().min(1).max(1024).default(CALLS_PER_IDENTITY),
  sessionsPerIdentity: z.number().int().min(1).max(256).default(SESSIONS_PER_IDENTITY),
  sessionIdleMs: z.number().int().min(1000).default(SESSION_IDLE_MS).meta({ unit: "ms" }),
});
export type EnforceConfig = z.infer<typeof enforceConfig>;

const REACHES = ["item", "children", "subtree"] as const satisfies readonly Reach[];

const argument = z.strictObject({
  role: z.enum(ROLES) satisfies z.ZodType<Role>,
  type: z.literal("path").optional(),
  reach: z.enum(REACHES).optional(),
  required: z.boolean().optional(),
});

/** A manifest file: what a person states each tool of one server does (enforce E14). */
export const manifestFile = z.strictObject({
  server: z.string(),
  tools: z.record(
    z.string().min(1).max(128),
    z.strictObject({
      verb: z.enum(VERBS),
      effect: z.enum(["none", "reversible", "irreversible"]),
      args: z.record(z.string().regex(/^[^[\]]+(\[\])?$/), argument).default({}),
    }),
  ),
});
