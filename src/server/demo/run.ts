// SPDX-License-Identifier: Apache-2.0
// `up --demo`: a world of its own, a real gate in front of a real upstream, the story, and a second program that checks it.
// The first line is printed before anything heavy is loaded.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { UpstreamServer } from "../../enforce/index.ts";
import type { Running, ServerIo } from "../compose.ts";
import type { Config } from "../config.ts";
import { readEnvironment } from "../env.ts";
import { ServerError } from "../errors.ts";
import { endProcess, type UpIo, type UpOptions, untilAborted } from "../up.ts";
import { leftovers, PREFIX } from "./leftovers.ts";
import type { Step } from "./story.ts";
import type { DemoWorld } from "./world.ts";

/** Three folders up: where `examples/`, `policies/` and `bin/` are, in a clone and in the package. */
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

type Say = (text: string) => void;

export async function runDemo(options: UpOptions, io: UpIo): Promise<number> {
  const say: Say = (text) => (options.json ? undefined : io.out(`${text}\n`));
  const isKept = options.once || options.data !== undefined;
  const dir =
    options.data === undefined ? await mkdtemp(path.join(tmpdir(), PREFIX)) : path.resolve(options.cwd, options.data);
  say(
    `bailiwick ${io.version} demo · everything is in ${dir}${isKept ? ", which is kept" : " and ends with this process"}`,
  );
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return await demo(dir, say, options, io);
  } finally {
    if (!isKept) await rm(dir, { recursive: true, force: true });
  }
}

async function demo(dir: string, say: Say, options: UpOptions, io: UpIo): Promise<number> {
  for (const folder of await leftovers())
    if (folder !== dir) say(`         left by a demo that was killed: rm -r ${folder}`);
  const { prepareWorld, UPSTREAM, UPSTREAM_VERSION } = await import("./world.ts");
  const world = await prepareWorld(ROOT, dir, options.port);
  await using running = await start(world, options, io, say);
  const files = filesServer(running);
  const source = world.fetched ? `${UPSTREAM} ${UPSTREAM_VERSION}, fetched by npx` : `${UPSTREAM} ${UPSTREAM_VERSION}`;
  say(`gate     ${files.resource}   ${source}, ${files.tools.size} tools, ${files.destination.jurisdiction}`);
  say("agent    invoice-helper: what it tries is a script; every answer below is the gate's\n");
  const steps = await play(running, world, say, io);
  const recordVerified = await check(running, say, io);
  if (options.json) await printJson(steps, recordVerified, dir, io);
  if (options.once) {
    say(`kept     ${dir}`);
    return recordVerified && steps.every((step) => step.expected) ? 0 : 1;
  }
  say(nextLines(running, options.data === undefined));
  await untilAborted(io.signal);
  return 0;
}

/** On the configured port, or on a free one where that is taken and nobody asked for it. */
async function start(world: DemoWorld, options: UpOptions, io: UpIo, say: Say): Promise<Running> {
  const [{ startServer }, { lineLog }] = await Promise.all([import("../compose.ts"), import("../system.ts")]);
  const serverIo: ServerIo = {
    log: lineLog((line) => io.err(line)),
    path: readEnvironment().path,
    cwd: world.office,
    demo: true,
    version: io.version,
    exit: endProcess,
  };
  const on = (config: Config): Promise<Running> => startServer(config, serverIo);
  try {
    return await on(world.config);
  } catch (cause) {
    const isBusy = cause instanceof ServerError && cause.code === "SERVER_PORT_BUSY";
    if (!isBusy || options.port !== undefined) throw cause;
    say(`port     ${world.config.port} is taken, so a free one is used`);
    return on({ ...world.config, port: 0 });
  }
}

async function play(running: Running, world: DemoWorld, say: Say, io: UpIo): Promise<readonly Step[]> {
  const [{ connectAgent }, { tellStory }, { stepLines }, { systemClock, systemTimers }] = await Promise.all([
    import("./agent.ts"),
    import("./story.ts"),
    import("./show.ts"),
    import("../system.ts"),
  ]);
  const files = filesServer(running);
  await using agent = await connectAgent(files.resource, { ...world.agent, issuer: running.publicUrl });
  const steps: Step[] = [];
  const story = tellStory({
    agent,
    entries: running.entries,
    files: world.files,
    tools: [...files.tools.keys()],
    clock: systemClock,
    timers: systemTimers,
  });
  for await (const step of story) {
    steps.push(step);
    say(stepLines(steps.length, step, { color: io.color, bundle: path.join("policies", running.bundle.name) }));
  }
  return steps;
}

function filesServer(running: Running): UpstreamServer {
  const files = running.servers.get("files");
  if (files !== undefined) return files;
  throw new ServerError("SERVER_DEMO_FAILED", "starting the demo: its configuration has no server `files`");
}

async function check(running: Running, say: Say, io: UpIo): Promise<boolean> {
  const { checkOffline } = await import("./check.ts");
  await running.record.checkpoint();
  const recordDir = path.join(running.config.dataDir, "record");
  const checked = await checkOffline(ROOT, recordDir, running.trustFile);
  const { size } = running.record.status();
  const said = checked.ok ? "ok" : "FAILED";
  say(`\nrecord   ${size} entries · checkpoint signed · checked by a second program, offline: ${said}`);
  say(`         npx bailiwick verify ${recordDir} --policy ${running.trustFile}`);
  if (!checked.ok) io.err(`${checked.output}\n`);
  return checked.ok;
}

async function printJson(steps: readonly Step[], recordVerified: boolean, dir: string, io: UpIo): Promise<void> {
  const { jsonLine } = await import("./show.ts");
  io.out(`${jsonLine(steps, recordVerified, dir)}\n`);
}

function nextLines({ config }: Running, isTemporary: boolean): string {
  return [
    `next     npx bailiwick record tail --data ${config.dataDir}`,
    `         npx bailiwick policy test ${config.policies.dir}`,
    `         Ctrl-C ends it${isTemporary ? " and removes the folder" : ""}`,
  ].join("\n");
}
