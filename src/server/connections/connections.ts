// SPDX-License-Identifier: Apache-2.0
// Upstream servers come and go while the server runs: asked for their tools in a child of their own, written down for people
// to read, and served at once. One act at a time; each is an entry before it binds.
import {
  type AdminName,
  type IdentityId,
  type Json,
  jsonObject,
  type Mode,
  parseServerId,
  type Recorder,
  type Reference,
  referenceOf,
  type ToolDefinition,
} from "../../core/index.ts";
import { definitionsOf, probeTools, type UpstreamServer } from "../../enforce/index.ts";
import type { Identify } from "../../identify/index.ts";
import { ServerError } from "../errors.ts";
import { openUpstream, transportOf, type UpstreamPlace } from "../upstreams.ts";
import { removeServer } from "./config-file.ts";
import type { Manifests } from "./manifests.ts";
import { checkConfigFile, checkFolder, draftFor, serverMember, writeDraft, writeMember } from "./place.ts";
import type { ServerRegister } from "./register.ts";
import { SERVERS_MAX } from "./register.ts";
import type { ServerWish } from "./wish.ts";

export interface ConnectionPorts {
  readonly register: ServerRegister;
  readonly resources: Identify["resources"];
  readonly recorder: Recorder;
  readonly manifests: Pick<Manifests, "settle" | "withdraw">;
  /** What asking a server needs. */
  readonly link: Parameters<typeof probeTools>[0];
  /** Takes what a server says of its tools as what is accepted; what was accepted before stays. @returns those that differ */
  readonly pin: (server: UpstreamServer, tools: ReadonlyMap<string, ToolDefinition>) => ReadonlySet<string>;
  /** Begins its release, in this mode where the server was never here before. */
  readonly begin: (server: UpstreamServer["id"], mode: Mode | undefined) => Promise<unknown>;
  /** Ends whatever speaks to a server that is gone. */
  readonly end: (server: UpstreamServer) => Promise<void>;
}

export interface ConnectionPlace extends UpstreamPlace {
  /** The configuration that is changed; `undefined` for a server that has none of its own. */
  readonly configFile: string | undefined;
}

/** Who acts, and why. */
export interface Acting {
  readonly by: IdentityId | "system";
  readonly because: string;
}

/** A server that was added. */
export interface AddedServer {
  readonly server: UpstreamServer;
  readonly tools: number;
  readonly view: number;
  readonly execute: number;
  /** Tools whose names no manifest can hold. */
  readonly unnamed: readonly string[];
  /** Its manifest, relative to the folder of the configuration. */
  readonly manifest: string;
  /** True where the manifest was there before. */
  readonly kept: boolean;
  readonly reference: Reference;
}

export interface ProbedServer {
  readonly tools: readonly string[];
  /** Tools that are not what was accepted. */
  readonly changed: readonly string[];
}

/** Acts that may wait for each other; past it whoever asks is told to come back. */
const WAITING_MAX = 8;

export class Connections {
  private readonly ports: ConnectionPorts;
  private readonly place: ConnectionPlace;
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(ports: ConnectionPorts, place: ConnectionPlace) {
    this.ports = ports;
    this.place = place;
  }

  get servers(): ReadonlyMap<string, UpstreamServer> {
    return this.ports.register.servers;
  }

  /** @throws ServerError SERVER_CONNECT_*, SERVER_CONFIG_*; EnforceError where the server cannot be asked */
  add(wish: ServerWish, act: Acting): Promise<AddedServer> {
    return this.inTurn(() => this.addNow(wish, act));
  }

  /** What a server lists now, against what was accepted. @throws ServerError, EnforceError */
  probe(id: string): Promise<ProbedServer> {
    return this.inTurn(async () => {
      const server = this.known(id);
      const listed = await probeTools(this.ports.link, server);
      const definitions = definitionsOf(listed);
      return { tools: [...definitions.keys()], changed: [...this.ports.pin(server, definitions)] };
    });
  }

  /** Nothing reaches it from now on; its manifest stays where it is. @throws ServerError */
  remove(id: string, act: Acting): Promise<Reference> {
    return this.inTurn(async () => {
      const server = this.known(id);
      const file = this.configFile();
      const reference = await this.note("server.removed", act, serverData(server));
      // first, so that no new session opens while the old ones end
      this.ports.register.remove(server.id);
      this.ports.resources.remove(server.resource);
      await this.ports.end(server);
      await this.ports.manifests.withdraw(server);
      await removeServer(file, server.id);
      return reference;
    });
  }

  private async addNow(wish: ServerWish, act: Acting): Promise<AddedServer> {
    const file = this.configFile();
    await checkConfigFile(file);
    await checkFolder(file, wish);
    const id = parseServerId(wish.id);
    if (this.servers.has(id)) throw there(id);
    if (this.servers.size >= SERVERS_MAX)
      throw new ServerError("SERVER_CONNECT_REFUSED", `adding ${id}: there are ${SERVERS_MAX} servers already`);
    const transport = transportOf(id, serverMember(wish), this.place);
    const listed = await probeTools(this.ports.link, { id, transport, era: "auto" });
    const draft = draftFor(id, listed);
    const written = await writeDraft(file, id, draft);
    const data = jsonObject([
      ["server", id],
      ["operator", wish.operator],
      ["jurisdiction", wish.jurisdiction],
      ["reached", reachedBy(transport)],
      ["tools", listed.length],
    ]);
    const reference = await this.note("server.added", act, data);
    const server = await this.open(file, wish, written.file).catch(async (cause: unknown) => {
      await this.note("server.removed", { by: "system", because: "it could not be added after all" }, data);
      throw cause;
    });
    const { view, execute, unnamed } = draft;
    this.ports.pin(server, definitionsOf(listed));
    return {
      server,
      tools: listed.length,
      view,
      execute,
      unnamed,
      manifest: written.file,
      kept: written.kept,
      reference,
    };
  }

  private async open(file: string, wish: ServerWish, manifest: string): Promise<UpstreamServer> {
    const member = await writeMember(file, wish, manifest);
    const server = await openUpstream(wish.id, member, this.place);
    // before anybody can call it, so that its first call is observed or enforced as it should be
    await this.ports.begin(server.id, member.mode);
    this.ports.resources.add({ url: server.resource, name: server.id });
    await this.ports.manifests.settle(server);
    return server;
  }

  private known(id: string): UpstreamServer {
    const server = this.servers.get(id);
    if (server !== undefined) return server;
    throw new ServerError("SERVER_CONNECT_UNKNOWN", `there is no server ${id}`, {
      fix: "see what there is: npx bailiwick connect list",
    });
  }

  private configFile(): string {
    const { configFile } = this.place;
    if (configFile !== undefined) return configFile;
    throw new ServerError("SERVER_CONNECT_REFUSED", "this server has no configuration of its own to write into", {
      fix: "the demo is a story: npx bailiwick up in an empty folder starts a server that can be added to",
    });
  }

  private async note(
    name: AdminName,
    { by, because }: Acting,
    data: ReturnType<typeof serverData>,
  ): Promise<Reference> {
    const { id } = await this.ports.recorder.append({ type: "admin", name, by, because, data });
    return referenceOf(id);
  }

  /** One act after the other: two that change the same file would lose one of them. */
  private async inTurn<T>(act: () => Promise<T>): Promise<T> {
    if (this.waiting >= WAITING_MAX)
      throw new ServerError("SERVER_CONNECT_BUSY", "others are adding and asking servers just now", {
        fix: "say it again in a minute",
      });
    this.waiting += 1;
    const mine = this.turn.then(act, act);
    this.turn = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.waiting -= 1;
    }
  }
}

/** The program that is started, or the host that is called: never an argument, which may be anything. */
export function reachedBy(transport: UpstreamServer["transport"]): string {
  return transport.kind === "stdio" ? transport.command[0] : transport.url.origin;
}

function serverData({ id, destination }: UpstreamServer): ReturnType<typeof jsonObject> {
  const members: readonly (readonly [string, Json])[] = [
    ["server", id],
    ["operator", destination.operator],
    ["jurisdiction", destination.jurisdiction],
  ];
  return jsonObject(members);
}

function there(id: string): ServerError {
  return new ServerError("SERVER_CONNECT_REFUSED", `adding ${id}: a server of that name is there`, {
    fix: `see it with npx bailiwick connect list, or take it away with npx bailiwick connect remove ${id}`,
  });
}
