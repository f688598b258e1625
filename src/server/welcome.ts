// SPDX-License-Identifier: Apache-2.0
// What `up` says once it serves: the first time what it wrote, and every time what is observed and not enforced.
import path from "node:path";
import type { Instant } from "../core/index.ts";
import type { Running } from "./compose.ts";
import type { Prepared } from "./folder/prepare.ts";
import { modeOfAll, modeOfServer, type StatusMode } from "./modes.ts";

export interface Welcome {
  readonly running: Running;
  /** What a first start wrote. */
  readonly prepared: Prepared | undefined;
  /** Folder of the configuration: paths are told from there. */
  readonly folder: string;
  readonly now: Instant;
}

export function welcomeText(welcome: Welcome): string {
  return (welcome.prepared === undefined ? again(welcome) : first(welcome, welcome.prepared)).join("\n");
}

/** The same as one JSON object. */
export function welcomeJson({ running, prepared, now }: Welcome): string {
  const { publicUrl, config, servers, setupLink, releases } = running;
  return JSON.stringify({
    name: "up",
    url: publicUrl,
    dataDir: config.dataDir,
    mode: modeOfAll(releases.list(), config.mcp.mode, now),
    servers: [...servers.values()].map(({ id, resource }) => ({ id, url: resource })),
    ...(setupLink === undefined ? {} : { setupLink }),
    ...(prepared === undefined ? {} : prepared),
  });
}

function first({ running, folder }: Welcome, { wrote, kept }: Prepared): readonly string[] {
  const { config } = running;
  return [
    `wrote    ${wrote.join(" · ")}`,
    ...(kept.length === 0 ? [] : [`kept     ${kept.join(" · ")}: there before, and not touched`]),
    `mode     ${MODES[config.mcp.mode]}`,
    ...ownerLine(running, folder),
    "next     npx bailiwick connect add files -- npx -y @modelcontextprotocol/server-filesystem ./docs",
  ];
}

const MODES: Readonly<Record<StatusMode, string>> = {
  observe: "observe: everything is judged and recorded; refused is only what is always refused",
  mixed: "mixed: some is enforced; the rest is judged and recorded, and refused is only what is always refused",
  enforce: "enforce",
};

function again({ running, folder, now }: Welcome): readonly string[] {
  const { publicUrl, config, bundle, servers, releases } = running;
  const mode = modeOfAll(releases.list(), config.mcp.mode, now);
  const gates = [...servers.values()].map(({ id, resource, destination, tools }) => {
    const release = releases.get(id);
    const how = release === undefined ? "enforce" : modeOfServer(release, now);
    const told = how === "enforce" ? "" : `, ${how}`;
    return `gate     ${resource}   ${tools.size} tools, ${destination.jurisdiction}${told}`;
  });
  return [
    `serving  ${publicUrl} · everything is kept in ${config.dataDir}`,
    ...gates,
    `policies ${bundle.name}: ${bundle.policies.length} rules, ${mode === "enforce" ? "enforced" : `not all enforced`}`,
    ...(mode === "enforce" ? [] : [`mode     ${MODES[mode]}`]),
    ...ownerLine(running, folder),
    `next     npx bailiwick status --data ${config.dataDir}`,
  ];
}

const SETUP_FILE = "setup-link";

function ownerLine({ setupLink, config }: Running, folder: string): readonly string[] {
  if (setupLink === undefined) return [];
  const file = path.relative(folder, path.join(config.dataDir, SETUP_FILE));
  return [`owner    ${setupLink}   one-use, 15 minutes, also in ${file}`];
}
