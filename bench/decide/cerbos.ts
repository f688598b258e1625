// SPDX-License-Identifier: Apache-2.0
// Cerbos over the rules of roles.ts, arranged as its manual does: a policy for each kind of resource, which a collection is
// here, so that it looks only at the rules of one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { cpuOf, freePort, listening, peer } from "../enforce/programs.ts";
import type { RoleQuestion, RoleRule } from "./roles.ts";

export interface Cerbos extends AsyncDisposable {
  readonly url: string;
  /** UNIT: ms of processor time so far, all its threads. */
  cpu(): number;
}

export async function openCerbos(rules: readonly RoleRule[]): Promise<Cerbos> {
  const name = `cerbos-${process.platform}-${process.arch}`;
  const program = await peer("cerbos", path.join("..", "@cerbos", name, name));
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-cerbos-"));
  await mkdir(path.join(dir, "policies"));
  for (const [kind, own] of Map.groupBy(rules, ({ collection }) => collection))
    await writeFile(path.join(dir, "policies", `${kind}.json`), JSON.stringify(policyOf(kind, own)));
  const [http, grpc] = [await freePort(), await freePort()];
  const config = {
    server: { httpListenAddr: `127.0.0.1:${http}`, grpcListenAddr: `127.0.0.1:${grpc}` },
    telemetry: { disabled: true },
    storage: { driver: "disk", disk: { directory: path.join(dir, "policies"), watchForChanges: false } },
  };
  await writeFile(path.join(dir, "cerbos.json"), JSON.stringify(config));
  const child = spawn(program, ["server", `--config=${path.join(dir, "cerbos.json")}`, "--log-level=error"], {
    stdio: "ignore",
    env: {},
  });
  const url = `http://127.0.0.1:${http}`;
  await listening(`${url}/_cerbos/health`);
  return {
    url,
    cpu: () => cpuOf(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function policyOf(kind: string, rules: readonly RoleRule[]): unknown {
  return {
    apiVersion: "api.cerbos.dev/v1",
    resourcePolicy: {
      resource: kind,
      version: "default",
      rules: rules.map(({ id, effect, role, action, level }) => ({
        name: id,
        actions: [action],
        effect: effect === "permit" ? "EFFECT_ALLOW" : "EFFECT_DENY",
        roles: [role],
        condition: { match: { expr: `R.attr.level <= ${level}` } },
      })),
    },
  };
}

/** Resources in one request: as many as it takes by default. */
export const BATCH = 50;

/** Its own API, which may ask about many resources at once, for one principal. */
export async function checkMany({ url }: Cerbos, asked: readonly RoleQuestion[]): Promise<readonly boolean[]> {
  const [first] = asked;
  const body = {
    principal: { id: first?.subject, roles: [first?.role] },
    resources: asked.map(({ document, collection, level, action }, n) => ({
      actions: [action],
      resource: { kind: collection, id: `${document}-${n}`, attr: { level } },
    })),
  };
  const response = await fetch(`${url}/api/check/resources`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { results } = (await response.json()) as { results: { actions: Record<string, string> }[] };
  return results.map(({ actions }) => Object.values(actions)[0] === "EFFECT_ALLOW");
}

/** What AuthZEN asks it; a role is a property of its own there. */
export function cerbosBody({ subject, role, action, document, collection, level }: RoleQuestion): string {
  return JSON.stringify({
    subject: { type: "user", id: subject, properties: { "cerbos.roles": [role] } },
    action: { name: action },
    resource: { type: collection, id: document, properties: { level } },
  });
}
