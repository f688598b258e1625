// SPDX-License-Identifier: Apache-2.0
// The record under what real machines do: processes that are killed at any moment, and disks that fill up.
import { spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { openRecord } from "../../src/record/index.ts";
import { eventDraft } from "../../src/record/testing/drafts.ts";
import { machineConfig, machinePorts } from "../../src/record/testing/machine.ts";
import { type LogSource, parsePolicy, verifyLog } from "../../src/record/verify/index.ts";

const WRITER = path.join(import.meta.dirname, "record-writer.ts");
const FULL = path.join(import.meta.dirname, "record-full.ts");
const KILLS = Number(process.env["BAILIWICK_KILLS"] ?? "12"); // oxlint-disable-line node/no-process-env -- how long a run may take is the caller's to say

function folder(root: string): LogSource {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
  return {
    read: (name) => (paths.includes(name) ? readFileSync(path.join(root, name)) : undefined),
    list: () => paths,
  };
}

/** Starts the writer, lets it work for a while, and kills it without a warning. */
async function writeAndKill(dir: string, acknowledgements: string, ms: number): Promise<void> {
  const child = spawn(process.execPath, [WRITER, dir, acknowledgements], { stdio: ["ignore", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (text: Buffer) => void (complaints += text.toString()));
  const exit = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), exit]);
  expect(child.exitCode, complaints).toBeNull(); // it is open, and was not refused
  await new Promise((resolve) => setTimeout(resolve, ms));
  child.kill("SIGKILL");
  expect(await exit).toEqual([null, "SIGKILL"]);
  expect(complaints).toBe("");
}

test(`L11: killed ${KILLS} times under load, the log has all that was acknowledged, verifies and goes on`, async () => {
  const [dir, outside] = [
    await mkdtemp(path.join(tmpdir(), "bw-kill-")),
    await mkdtemp(path.join(tmpdir(), "bw-acks-")),
  ];
  const acknowledgements = path.join(outside, "acknowledged");
  const first = await openRecord(machinePorts(), machineConfig(dir));
  await first.close();
  const policy = parsePolicy(Buffer.from(first.trustPolicy()));
  for (let kill = 0; kill < KILLS; kill++) {
    await writeAndKill(dir, acknowledgements, randomInt(250));
    const verdict = verifyLog(folder(path.join(dir, "main-1")), policy);
    expect(verdict.checks.filter(({ result }) => result === "failed")).toEqual([]);
    expect(verdict.ok).toBe(true);
  }
  const room = await openRecord(machinePorts(), machineConfig(dir));
  await room.append(eventDraft());
  const leaves: string[] = [];
  for await (const { ref } of room.read({ from: 0 })) leaves.push(ref.leaf);
  await room.close();
  const lines = readFileSync(acknowledgements, "utf8").trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(KILLS * 24);
  expect(lines.filter((line) => leaves[Number(line.split(" ")[0])] !== line.split(" ")[1])).toEqual([]);
  expect(
    verifyLog(folder(path.join(dir, "main-1")), policy).checks.filter(({ result }) => result !== "passed"),
  ).toEqual([]);
  await Promise.all([dir, outside].map((one) => rm(one, { recursive: true })));
});

const canMount = spawnSync("unshare", ["-Urm", "true"]).status === 0;

test.skipIf(!canMount)(
  "L17: on a disk that fills up appends are refused, and go on when there is room (skipped means NOT RUN: unshare may not mount here)",
  async () => {
    const mount = await mkdtemp(path.join(tmpdir(), "bw-full-"));
    const script = 'mount -t tmpfs -o size=8m none "$1" && exec "$2" "$3" "$1"';
    const { stdout, stderr } = spawnSync("unshare", ["-Urm", "sh", "-c", script, "sh", mount, process.execPath, FULL], {
      encoding: "utf8",
      timeout: 30_000,
    });
    expect(stdout, stderr).not.toBe("");
    const told: unknown = JSON.parse(stdout);
    expect(told).toMatchObject({
      refusals: ["RECORD_FULL"],
      full: { state: "full", room: { entries: 0, bytes: 0 } },
      lost: 0,
      notPassed: [],
    });
    expect(told).toHaveProperty("acknowledged", expect.any(Number));
    await rm(mount, { recursive: true });
  },
);
