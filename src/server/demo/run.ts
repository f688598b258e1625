// SPDX-License-Identifier: Apache-2.0
// `up --demo`: a world of its own, a real gate in front of a real upstream, the story, and a second program that checks it.
// The first line is printed before anything heavy is loaded.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Running, ServerIo } from "../compose.ts";
import type { Config } from "../config.ts";
import { readEnvironment } from "../env.ts";
import { ServerError } from "../errors.ts";
import { endProcess, ROOT, type UpIo, type UpOptions, untilAborted } from "../up.ts";
import { leftovers, PREFIX } from "./leftovers.ts";
import { habitOf, type Play, server } from "./play.ts";
import { offerKeys } from "./replay.ts";
import type { Told } from "./show.ts";
import type { Step } from "./story.ts";
import type { DemoWorld } from "./world.ts";

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
  const world = await prepareWorld(ROOT, dir, { port: options.port, databaseUrl: readEnvironment().databaseUrl });
  await using running = await start(world, options, io, say);
  if (io.signal.aborted) return 0;
  const files = server(running, "files");
  const partner = server(running, "outbox");
  const source = world.fetched ? `${UPSTREAM} ${UPSTREAM_VERSION}, fetched by npx` : `${UPSTREAM} ${UPSTREAM_VERSION}`;
  if (running.setupLink !== undefined) say(`console  ${running.setupLink}   one-use link, 15 minutes`);
  say(`gate     ${files.resource}   ${source}, ${files.tools.size} tools, ${files.destination.jurisdiction}`);
  say(
    `gate     ${partner.resource}   the same server, operated by ${partner.destination.operator}, ${partner.destination.jurisdiction}`,
  );
  say("agent    invoice-helper: what it tries is a script; every answer below is the gate's\n");
  const steps = await play({ running, world, say, io, options });
  if (steps === undefined) return 0;
  const recordVerified = await check(running, say, io);
  const { tailOf } = await import("./tail.ts");
  const tail = await tailOf(running, running.config.dataDir);
  for (const line of tail.lines) say(line);
  if (options.json) await printJson({ steps, recordVerified, dir, tail }, io);
  if (options.once) {
    say(`kept     ${dir}`);
    return recordVerified && steps.every((step) => step.expected) ? 0 : 1;
  }
  const hasKeys = habitOf(options) === "keys";
  say(nextLines(running, { isTemporary: options.data === undefined, hasKeys }));
  const quit = new AbortController();
  const stopKeys = hasKeys ? offerKeys({ running, world, say, io, options }, () => quit.abort()) : undefined;
  await untilAborted(AbortSignal.any([io.signal, quit.signal]));
  stopKeys?.();
  return 0;
}

/** On the configured port, or on a free one where that is taken and nobody asked for it. */
async function start(world: DemoWorld, options: UpOptions, io: UpIo, say: Say): Promise<Running> {
  const [{ startServer }, { lineLog }, { newsLines }] = await Promise.all([
    import("../compose.ts"),
    import("../system.ts"),
    import("../watch-policies.ts"),
  ]);
  const serverIo: ServerIo = {
    log: lineLog((line) => io.err(line)),
    path: readEnvironment().path,
    cwd: world.office,
    demo: true,
    root: ROOT,
    version: io.version,
    exit: endProcess,
    policyNews: (news) => say(newsLines(news).join("\n")),
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

/** @returns undefined where the run was ended before the story was */
async function play({ running, world, say, io, options }: Play): Promise<readonly Step[] | undefined> {
  const [
    { connectAgent },
    { tellStory },
    { stepLines },
    { systemClock, systemTimers },
    { personFor },
    { plantDecoy },
    { undoLast },
  ] = await Promise.all([
    import("./agent.ts"),
    import("./story.ts"),
    import("./show.ts"),
    import("../system.ts"),
    import("./person.ts"),
    import("./decoy.ts"),
    import("./undo.ts"),
  ]);
  const files = server(running, "files");
  const planted = await plantDecoy(running, world.files);
  await undoLast(running, say);
  const key = { ...world.agent, issuer: running.publicUrl };
  await using agent = await connectAgent(files.resource, key);
  await using partner = await connectAgent(server(running, "outbox").resource, key);
  const steps: Step[] = [];
  const story = tellStory({
    agent,
    partner,
    entries: running.entries,
    files: world.files,
    outbox: world.outbox,
    tools: [...files.tools.keys()],
    person: () => personFor(running.queue, systemTimers, { answers: habitOf(options), say, signal: io.signal }),
    clock: systemClock,
    timers: systemTimers,
    signal: io.signal,
    planted,
    orders: () => running.queue.containments.list({ active: true }),
  });
  const ended = untilAborted(io.signal);
  while (!io.signal.aborted) {
    // a step may wait for a person: whoever ends the run does not wait with it, and closing the agent ends the step
    const next = await Promise.race([story.next(), ended]);
    if (next === undefined) break;
    if (next.done === true) return steps;
    steps.push(next.value);
    const bundle = path.join("policies", running.bundle.name);
    say(stepLines(steps.length, next.value, { color: io.color, bundle }));
  }
  return undefined;
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

async function printJson(told: Told, io: UpIo): Promise<void> {
  const { jsonLine } = await import("./show.ts");
  io.out(`${jsonLine(told)}\n`);
}

function nextLines(
  { config }: Running,
  { isTemporary, hasKeys }: { readonly isTemporary: boolean; readonly hasKeys: boolean },
): string {
  const rule = path.join(config.policies.dir, "50-payments.cedar");
  const end = `ends it${isTemporary ? " and removes the folder" : ""}`;
  if (!hasKeys)
    return [
      `next     npx bailiwick record tail --data ${config.dataDir}`,
      `         npx bailiwick share preview INC-1 --data ${config.dataDir}`,
      `         delete a rule in ${rule}: it binds at once`,
      `         Ctrl-C ${end}`,
    ].join("\n");
  return [
    "next     1 open the console by its link above",
    `         2 delete the rule in ${rule}, then press p`,
    "         3 press s: what a partner would be told, and what is left out",
    `         4 q ${end}; then npx bailiwick up`,
  ].join("\n");
}
