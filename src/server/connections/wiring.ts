// SPDX-License-Identifier: Apache-2.0
// What the acts on upstream servers need of the other rooms.
import type { FastifyRequest } from "fastify";
import type { IdentityId, Mode, Recorder } from "../../core/index.ts";
import type { Releases } from "../../decide/index.ts";
import type { Gate, ManifestShelf, Relay, RelayPorts } from "../../enforce/index.ts";
import type { Identify } from "../../identify/index.ts";
import type { Watch } from "../../watch/index.ts";
import { accessTo, whoIs } from "../access.ts";
import type { ServerPorts } from "../http/servers.ts";
import { Connections } from "./connections.ts";
import { Manifests } from "./manifests.ts";
import { PinDesk } from "./pins.ts";
import type { ServerRegister } from "./register.ts";

interface Rooms {
  readonly register: ServerRegister;
  readonly identify: Identify;
  readonly owner: IdentityId | undefined;
  readonly releases: Pick<Releases, "admit">;
  readonly watch: Watch;
  readonly shelf: ManifestShelf;
}

interface Around extends Omit<RelayPorts, "gate" | "nonce" | "recorder" | "approvals"> {
  readonly recorder: Recorder;
  readonly gate: Gate;
  readonly relay: Relay;
}

interface Place {
  readonly publicUrl: string;
  readonly cwd: string;
  readonly path: string;
  readonly configFile?: string;
  /** What a server begins with where its own member says nothing. */
  readonly mode: Mode;
}

export function serverPorts(rooms: Rooms, { gate, relay, recorder, ...link }: Around, place: Place): ServerPorts {
  const { register, identify } = rooms;
  const access = accessTo(identify, false);
  const { watch, shelf } = rooms;
  const manifests = new Manifests({ register, shelf, pins: watch.pins });
  const connections = new Connections(
    {
      link,
      recorder,
      register,
      resources: identify.resources,
      manifests,
      pin: (server, tools) => gate.pinned(server, tools, true),
      begin: (server, mode = place.mode) => rooms.releases.admit(server, mode),
      end: (server) => relay.end(server),
    },
    { ...place, configFile: place.configFile },
  );
  return {
    connections,
    manifests,
    pins: new PinDesk({ register, recorder, watch }),
    whoIs: ({ headers }: FastifyRequest) => whoIs(rooms, headers),
    isHost: ({ headers }: FastifyRequest) => access.askerOf(headers)?.kind === "host",
  };
}
