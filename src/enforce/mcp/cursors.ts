// SPDX-License-Identifier: Apache-2.0
// Cursors of lists belong to the instance that was given them, and no other one goes up (enforce E32).
import type { Standing } from "../../core/index.ts";
import type { UpstreamServer } from "../upstream-server.ts";

/** Instances whose cursors are remembered; the one that asked for nothing for longest is forgotten. */
const INSTANCES_MAX = 10_000;

export class Cursors {
  private readonly given = new Map<string, Set<string>>();

  of({ instance }: Standing, { id }: UpstreamServer): Set<string> {
    const key = `${id} ${instance}`;
    const cursors = this.given.get(key) ?? new Set();
    this.given.delete(key);
    this.given.set(key, cursors);
    const [oldest] = this.given.keys();
    if (this.given.size > INSTANCES_MAX && oldest !== undefined) this.given.delete(oldest);
    return cursors;
  }
}
