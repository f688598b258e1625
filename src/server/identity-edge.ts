// SPDX-License-Identifier: Apache-2.0
// What the routes about identities, mandates and pairings stand on.
import type { FastifyRequest } from "fastify";
import type { Clock, IdentityId, Recorder } from "../core/index.ts";
import type { Tasks } from "../enforce/index.ts";
import type { Identify } from "../identify/index.ts";
import { whoIs } from "./access.ts";
import type { Config } from "./config.ts";
import type { MakerPorts } from "./http/identity-makers.ts";
import type { PairingPorts } from "./pairing.ts";

interface Rooms {
  readonly identify: Identify;
  readonly tasks: Tasks;
  readonly record: Recorder;
  readonly owner: IdentityId | undefined;
}

interface About {
  readonly config: Config;
  readonly publicUrl: string;
  readonly io: { readonly demo: boolean };
}

export function identityEdge(rooms: Rooms, { config, publicUrl, io }: About, clock: Clock): MakerPorts & PairingPorts {
  const { identify, tasks, record: recorder } = rooms;
  return {
    identify,
    recorder,
    clock,
    publicUrl,
    leaseMs: config.identify.leaseMs,
    demo: io.demo,
    seed: (task, text) => tasks.seed(task, text),
    whoIs: ({ headers }: Pick<FastifyRequest, "headers">) => whoIs(rooms, headers),
  };
}
