// SPDX-License-Identifier: Apache-2.0
// A gate in front of the suites' server: one agent, a mandate to look at it, rules that let it, and in enforce mode a
// manifest of every tool. Everything that is on by default is on.
import { generateKeyPairSync } from "node:crypto";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { startServer } from "../../src/server/compose.ts";
import { readConfig } from "../../src/server/config.ts";
import { lineLog } from "../../src/server/system.ts";
import { openSidecar } from "./sidecar.ts";
import type { WebServer } from "./web.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

export interface GateOptions {
  /** Observed, nothing is described and no rule lets the suites in; enforced, everything is. */
  readonly mode: "observe" | "enforce";
  /** Told what the gate logs. */
  readonly tell?: (line: string) => void;
}

/** @returns where a client without keys reaches the upstream through the gate */
export async function openGate(upstream: URL, options: GateOptions): Promise<WebServer> {
  await using opened = new AsyncDisposableStack();
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-mcp-"));
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  const privateKey = await writeWorld(dir, upstream, options);
  const file = path.join(dir, "bailiwick.yaml");
  const config = await readConfig({ file, settings: new Map(), flags: { port: 0 } });
  const running = opened.use(
    await startServer(config, {
      log: lineLog(options.tell ?? (() => undefined)),
      path: path.dirname(process.execPath),
      cwd: dir,
      demo: false,
      root: ROOT,
      version: "0.0.0-conformance",
      exit: (code) => {
        throw new Error(`the gate wanted to end the process with ${code}`);
      },
    }),
  );
  const key = { file: privateKey, instance: "spiffe://conformance.example/agent/suite/one" };
  const sidecar = opened.use(await openSidecar(running.publicUrl, key));
  const ended = opened.move();
  return { url: sidecar.url, [Symbol.asyncDispose]: () => ended.disposeAsync() };
}

async function writeWorld(dir: string, upstream: URL, { mode }: GateOptions): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await mkdir(path.join(dir, "keys"), { mode: 0o700 });
  await writeFile(path.join(dir, "keys", "one.json"), JSON.stringify(publicKey.export({ format: "jwk" })));
  await cp(path.join(ROOT, "policies", "starter"), path.join(dir, "policies"), { recursive: true });
  await rm(path.join(dir, "policies", "cases"), { recursive: true });
  const isEnforced = mode === "enforce";
  if (isEnforced) await writeFile(path.join(dir, "policies", "50-suite.cedar"), PERMIT);
  await writeFile(path.join(dir, "upstream.yaml"), stringify({ server: "upstream", tools: isEnforced ? TOOLS : {} }));
  await writeFile(path.join(dir, "bailiwick.yaml"), stringify(configOf(upstream, mode)));
  const file = path.join(dir, "keys", "one.private.json");
  await writeFile(file, JSON.stringify(privateKey.export({ format: "jwk" })), { mode: 0o600 });
  return file;
}

/** Beside the rules to start with: they let nobody have prompts, completion or a level of the log. */
const PERMIT = `@id("suite")
@reason("The suites may look at all that their server has.")
permit (
  principal in Blueprint::"suite",
  action,
  resource
);
`;

function configOf(upstream: URL, mode: GateOptions["mode"]): object {
  return {
    trustDomain: "conformance.example",
    policies: { dir: "./policies" },
    prove: { regimes: { dir: path.join(ROOT, "regulations") } },
    people: { owner: { name: "Owner", environment: "conformance", jurisdiction: "FR" } },
    agents: {
      suite: {
        blueprint: "suite",
        sponsor: "owner",
        purpose: "runs the suites",
        environment: "conformance",
        jurisdiction: "FR",
        instances: { one: "./keys/one.json" },
        mandate: {
          request: "Run the suites.",
          verbs: ["view"],
          locations: ["upstream"],
          labelMax: "restricted",
          jurisdictions: ["FR"],
          purpose: "conformance.suites",
          hours: 12,
        },
      },
    },
    // no suite ends all of its sessions
    enforce: { sessionsPerIdentity: 256 },
    mcp: {
      servers: {
        upstream: {
          url: upstream.href,
          mode,
          allow: { private: true },
          operator: "conformance",
          jurisdiction: "FR",
          destination: "internal",
          trust: "tool",
          manifest: "./upstream.yaml",
        },
      },
    },
  };
}

/** Nothing that these tools do changes anything. */
const looks = (...args: readonly string[]): object => ({
  verb: "view",
  effect: "none",
  args: Object.fromEntries(args.map((name) => [name, { role: "selector" }])),
});

const PLAIN = [
  "test_simple_text",
  "test_image_content",
  "test_audio_content",
  "test_embedded_resource",
  "test_multiple_content_types",
  "test_error_handling",
  "test_tool_with_logging",
  "test_logging_tool",
  "test_tool_with_progress",
  "test_reconnection",
  "test_missing_capability",
  "test_streaming_elicitation",
  "test_trigger_tool_change",
  "test_trigger_prompt_change",
  "test_elicitation_sep1034_defaults",
  "test_elicitation_sep1330_enums",
  "test_input_required_result_elicitation",
  "test_input_required_result_sampling",
  "test_input_required_result_list_roots",
  "test_input_required_result_multiple_inputs",
  "test_input_required_result_capabilities",
  "test_input_required_result_request_state",
  "test_input_required_result_tampered_state",
  "test_input_required_result_multi_round",
];

const TOOLS: Readonly<Record<string, object>> = {
  ...Object.fromEntries(PLAIN.map((name) => [name, looks()])),
  test_sampling: looks("prompt"),
  test_elicitation: looks("message"),
  test_custom_headers: looks("region", "query"),
  json_schema_2020_12_tool: looks("name", "address", "contactMethod", "phone", "email"),
};
