// SPDX-License-Identifier: Apache-2.0
// Kills at random moments, bits that flip, copies that are put back, and clocks that are set.
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { instant, type Store } from "../../../src/core/index.ts";
import { openRecord } from "../../../src/record/index.ts";
import { adminDraft, eventDraft } from "../../../src/record/testing/drafts.ts";
import { machinePorts } from "../../../src/record/testing/machine.ts";
import { parsePolicy, verifyLog } from "../../../src/record/verify/index.ts";
import { COMPILED } from "../../support/compiled.ts";
import { folderSource } from "./check.ts";
import { configOf } from "./settings.ts";
import { livedWorld } from "./world.ts";

export interface Rounds {
  readonly rounds: number;
  readonly wrong: readonly string[];
}

/** Kills that one log lives through before another one is begun: every check reads all of it. */
const KILLS_OF_A_LOG = 10;

/** A log whose processes are killed at random moments, some of them while they open it. */
export async function killRounds(rounds: number): Promise<Rounds> {
  const wrong: string[] = [];
  for (let round = 0; round < rounds; ) {
    using world = livedWorld();
    for (let i = 0; i < KILLS_OF_A_LOG && round < rounds; i++, round++) {
      const [program, ...args] = [...world.life.slice(0, -1), "1000000000"];
      const child = spawn(program ?? "", args, { env: { ...COMPILED }, stdio: "ignore" });
      const ended = once(child, "exit");
      // a moment that differs from run to run is the point of this
      await sleep(50 + randomInt(600));
      child.kill("SIGKILL");
      await ended;
      for (const line of await world.check()) wrong.push(`kill ${round}: ${line}`);
    }
  }
  return { rounds, wrong };
}

/** One bit of one file of a closed log: the verifier must find each, and name its file. */
export async function flipRounds(rounds: number): Promise<Rounds> {
  const wrong: string[] = [];
  using world = livedWorld();
  const root = path.join(world.dir, "main-1");
  const room = await openRecord(machinePorts(), configOf(world.dir));
  await room.close();
  const policy = parsePolicy(Buffer.from(room.trustPolicy()));
  const files = folderSource(root).list();
  for (let round = 0; round < rounds; round++) {
    const name = files[round % files.length] ?? "";
    const whole = readFileSync(path.join(root, name));
    const changed = Buffer.from(whole);
    const at = randomInt(whole.length);
    changed.writeUInt8(changed.readUInt8(at) ^ (1 << randomInt(8)), at);
    writeFileSync(path.join(root, name), changed);
    const { ok, checks } = verifyLog(folderSource(root), policy);
    // a signature whose name no longer is the log's was not made by it: then the check is not run, and nothing is well
    if (ok || !checks.some(({ result, detail }) => result !== "passed" && detail.includes(name)))
      wrong.push(`${name} at ${at}: a flipped bit was not found`);
    writeFileSync(path.join(root, name), whole);
  }
  return { rounds, wrong };
}

/** An old copy of the log's folder is put in its place; what is apart from it must show that. */
export async function restoreRound(guard: "file" | "sql", store?: Store): Promise<Rounds> {
  const wrong: string[] = [];
  const root = mkdtempSync(path.join(tmpdir(), "bw-restore-"));
  const dir = path.join(root, "record");
  const ports = { ...machinePorts(), ...(store === undefined ? {} : { store }) };
  const config = configOf(dir, guard === "sql" ? { guard } : {});
  const live = async (): Promise<void> => {
    const room = await openRecord(ports, config);
    await room.append(eventDraft());
    await room.close();
  };
  await live();
  cpSync(dir, path.join(root, "copy"), { recursive: true });
  await live();
  rmSync(dir, { recursive: true });
  cpSync(path.join(root, "copy"), dir, { recursive: true });
  const refused = await live().then(
    () => "it opened",
    (error: unknown) => String(error),
  );
  if (!/size 3 with root \S+ was put into the guard, the journal has 2 entries/.test(refused)) wrong.push(refused);
  rmSync(root, { recursive: true });
  return { rounds: 1, wrong };
}

/** UNIT: ms. */
const HOUR = 3_600_000;

/** The clock is set back between two lives, and in the middle of one: no entry is older than the one before it. */
export async function clockRound(): Promise<Rounds> {
  const wrong: string[] = [];
  using world = livedWorld();
  let offset = -HOUR;
  const clock = { now: () => instant(Date.now() + offset), monotonic: () => performance.now() };
  const room = await openRecord({ ...machinePorts(), clock }, configOf(world.dir));
  await room.append(adminDraft());
  offset = -2 * HOUR;
  await room.append(adminDraft());
  let [last, steps] = [0, 0];
  for await (const { entry } of room.read({ from: 0 })) {
    if (Number(entry["at"]) < last) wrong.push(`entry of ${Number(entry["at"])} after one of ${last}`);
    last = Number(entry["at"]);
    if (entry["name"] === "clock.stepped") steps += 1;
  }
  if (steps !== 2) wrong.push(`${steps} steps of the clock are recorded instead of 2`);
  await room.close();
  return { rounds: 2, wrong: [...wrong, ...(await world.check())] };
}
