// SPDX-License-Identifier: Apache-2.0
// What tools said of themselves when they were accepted, and the act of accepting what they say now.
import {
  BESIDE,
  canonicalize,
  jsonObject,
  type PinnedTool,
  type Recorder,
  type Reference,
  referenceOf,
  type ServerId,
  shelfOf,
} from "../../core/index.ts";
import { changeLine, changesBetween } from "../../enforce/index.ts";
import { leafHash, rootOf } from "../../record/verify/index.ts";
import type { Watch } from "../../watch/index.ts";
import { ServerError } from "../errors.ts";
import type { Acting } from "./connections.ts";
import type { ServerRegister } from "./register.ts";

export interface PinPorts {
  readonly register: ServerRegister;
  readonly recorder: Recorder;
  readonly watch: Pick<Watch, "accept" | "pins">;
}

/** A pin, and what is different where the tool says something else by now. */
export type PinView = PinnedTool & { readonly lines: readonly string[] };

/** A server as a whole (enforce E15): the Merkle root (RFC 9162) over what is pinned of it, so that two people compare one line. */
export interface ServerPin {
  readonly server: string;
  readonly pinned: string;
  readonly now: string;
  readonly things: number;
}

export class PinDesk {
  private readonly ports: PinPorts;

  constructor(ports: PinPorts) {
    this.ports = ports;
  }

  /** By server, its tools first and then what stands beside them, each in the order of the names. */
  list(only?: string): readonly (readonly [shelf: string, pin: PinView])[] {
    return this.servers(only).flatMap((id) => this.pinsOf(id).map(([shelf, pin]) => [shelf, viewOf(pin)] as const));
  }

  /** One digest over all that is pinned of each server: what it is now, and what was accepted. */
  whole(only?: string): readonly ServerPin[] {
    return this.servers(only).map((server) => {
      const pins = this.pinsOf(server);
      const root = (of: (pin: PinnedTool) => string | undefined): string => rootDigest(linesOf(pins, of));
      return {
        server,
        pinned: root(({ pinned }) => pinned.digest),
        now: root(({ pinned, now }) => now?.digest ?? pinned.digest),
        things: pins.length,
      };
    });
  }

  private servers(only: string | undefined): readonly ServerId[] {
    const { servers } = this.ports.register;
    return [...servers.values()].flatMap(({ id }) => (only === undefined || id === only ? [id] : []));
  }

  private pinsOf(server: ServerId): readonly (readonly [shelf: string, pin: PinnedTool])[] {
    const { pins } = this.ports.watch;
    const shelves = [server, ...BESIDE.map((beside) => shelfOf(server, beside))];
    return shelves.flatMap((shelf) => pins.list(shelf).map((pin) => [shelf, pin] as const));
  }

  /**
   * A tool is what it says now, from here on.
   * @param wanted - `server/tool`, or `server:prompt/name` and the like, and the digest of what was read
   * @throws ServerError SERVER_PIN_REFUSED; RecordError
   */
  async accept(
    wanted: { readonly tool: string; readonly digest: string },
    { by, because }: Acting,
  ): Promise<Reference> {
    const found = this.list().find(([server, { tool }]) => `${server}/${tool}` === wanted.tool)?.[1];
    if (found?.now === undefined) throw refused(wanted.tool, "it is what was accepted, or nobody has seen it");
    if (found.now.digest !== wanted.digest) throw refused(wanted.tool, "it says something else than what was read");
    const before = found.pinned.digest === undefined ? {} : { before: found.pinned.digest };
    const data = jsonObject([["tool", wanted.tool]]);
    const after = found.now.digest;
    const { id } = await this.ports.recorder.append({
      type: "admin",
      name: "pin.accepted",
      by,
      because,
      ...before,
      after,
      data,
    });
    this.ports.watch.accept(wanted.tool);
    return referenceOf(id);
  }
}

/** What each leaf stands for, in the order of the list. */
function linesOf(
  pins: readonly (readonly [shelf: string, pin: PinnedTool])[],
  of: (pin: PinnedTool) => string | undefined,
): readonly (readonly [name: string, digest: string])[] {
  return pins.flatMap(([shelf, pin]) => {
    const digest = of(pin);
    return digest === undefined ? [] : [[`${shelf}/${pin.tool}`, digest] as const];
  });
}

function rootDigest(lines: readonly (readonly [name: string, digest: string])[]): string {
  const leaves = lines.map(([name, digest]) =>
    leafHash(
      canonicalize(
        jsonObject([
          ["name", name],
          ["digest", digest],
        ]),
      ),
    ),
  );
  return `sha256:${Buffer.from(rootOf(leaves)).toString("hex")}`;
}

function viewOf(pin: PinnedTool): PinView {
  const { pinned, now } = pin;
  if (now === undefined) return { ...pin, lines: [] };
  if (pinned.digest === undefined) return { ...pin, lines: ["nobody accepted it"] };
  const lines = pinned.said === undefined ? [] : changesBetween(pinned.said, now.said).map(changeLine);
  return { ...pin, lines };
}

function refused(tool: string, why: string): ServerError {
  return new ServerError("SERVER_PIN_REFUSED", `accepting ${tool}: ${why}`, {
    fix: "see what there is: npx bailiwick connect pin show",
  });
}
