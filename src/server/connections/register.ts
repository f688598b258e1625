// SPDX-License-Identifier: Apache-2.0
// Which upstream servers there are now. Readers hold the map and see every change; only this room's acts change it.
import type { ServerId } from "../../core/index.ts";
import type { UpstreamServer } from "../../enforce/index.ts";

/** Servers that one gate can have. */
export const SERVERS_MAX = 256;

/** What became of a server, told in the tick in which it binds. */
export interface ServerNews {
  readonly id: ServerId;
  /** As it is from now on; `undefined` where it is gone. */
  readonly now: UpstreamServer | undefined;
}

export class ServerRegister {
  private readonly held = new Map<string, UpstreamServer>();
  private readonly listeners = new Set<(news: ServerNews) => void>();

  constructor(servers: readonly UpstreamServer[]) {
    for (const server of servers) this.held.set(server.id, server);
  }

  /** The servers as they are now, by id; the same map for as long as the process runs. */
  get servers(): ReadonlyMap<string, UpstreamServer> {
    return this.held;
  }

  /** Adds a server, or puts another in the place of the one with its id. */
  put(server: UpstreamServer): void {
    this.held.set(server.id, server);
    this.tell({ id: server.id, now: server });
  }

  remove(id: ServerId): void {
    if (this.held.delete(id)) this.tell({ id, now: undefined });
  }

  /** @returns what ends the listening */
  on(listener: (news: ServerNews) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private tell(news: ServerNews): void {
    for (const listener of this.listeners) listener(news);
  }
}
