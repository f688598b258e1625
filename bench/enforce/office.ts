// SPDX-License-Identifier: Apache-2.0
// A gate as a person would run it, in front of the stand-in: `bailiwick up` over a folder with one agent, one mandate and
// the starter policies; everything that is on by default is on.
import { generateKeyPairSync } from "node:crypto";
import { cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { AgentKey } from "./agent.ts";
import { nextLine, type Program, ROOT, run, STANDIN } from "./programs.ts";

export interface BenchOffice {
  readonly dir: string;
  readonly program: Program;
  /** Base URL of the gate. */
  readonly url: string;
  readonly key: AgentKey;
  /** Its private half, as `bailiwick connect` reads it. */
  readonly keyFile: string;
}

/** @param parent - where its folder is made: on the disk that durable is meant to mean */
export async function openOffice(parent: string = tmpdir()): Promise<BenchOffice> {
  const dir = await mkdtemp(path.join(parent, "bailiwick-bench-"));
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  await mkdir(path.join(dir, "keys"), { mode: 0o700 });
  await writeFile(path.join(dir, "keys", "desk-1.json"), JSON.stringify(jwk));
  const keyFile = path.join(dir, "keys", "desk-1.jwk.json");
  await writeFile(keyFile, JSON.stringify(privateKey.export({ format: "jwk" })), { mode: 0o600 });
  await cp(path.join(ROOT, "policies", "starter"), path.join(dir, "policies"), { recursive: true });
  await writeFile(path.join(dir, "standin.yaml"), MANIFEST);
  await writeFile(path.join(dir, "bailiwick.yaml"), config());
  const program = run([path.join(ROOT, "bin", "bailiwick.js"), "up", "--port", "0", "--json"], dir);
  const url = /"url":"([^"]+)"/.exec(await nextLine(program))?.[1];
  if (url === undefined) throw new Error("the gate did not start");
  return {
    dir,
    program,
    url,
    key: { clientId: "spiffe://bench.example/agent/noter/desk-1", privateKey, jwk },
    keyFile,
  };
}

export const MANIFEST = `server: standin
tools:
  note:
    verb: view
    effect: none
    args:
      kind: { role: selector, required: true }
      seed: { role: selector, required: true }
      text: { role: content, required: true }
`;

const config = (): string => `trustDomain: bench.example
policies: { dir: ./policies }
prove: { regimes: { dir: ${JSON.stringify(path.join(ROOT, "regulations"))} } }
people:
  owner: { name: Owner, environment: bench, jurisdiction: FR }
agents:
  noter:
    blueprint: noter
    sponsor: owner
    purpose: takes notes
    environment: bench
    jurisdiction: FR
    instances: { desk-1: ./keys/desk-1.json }
    mandate:
      request: Take notes.
      verbs: [view]
      locations: [standin]
      labelMax: restricted
      jurisdictions: [FR]
      purpose: bench.notes
      hours: 12
mcp:
  servers:
    standin:
      command: [${JSON.stringify(process.execPath)}, ${JSON.stringify(STANDIN)}, stdio]
      operator: bench
      jurisdiction: FR
      destination: internal
      trust: tool
      manifest: ./standin.yaml
`;
