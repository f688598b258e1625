// SPDX-License-Identifier: Apache-2.0
// What tools said of themselves when they were accepted, and the act of accepting what they say now.
import { jsonObject, type PinnedTool, type Recorder, type Reference, referenceOf } from "../../core/index.ts";
import { changeLine, changesBetween } from "../../enforce/index.ts";
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

export class PinDesk {
  private readonly ports: PinPorts;

  constructor(ports: PinPorts) {
    this.ports = ports;
  }

  /** By server, in the order of the tools' names. */
  list(only?: string): readonly (readonly [server: string, pin: PinView])[] {
    const servers = [...this.ports.register.servers.values()].filter(({ id }) => only === undefined || id === only);
    return servers.flatMap(({ id }) => this.ports.watch.pins.list(id).map((pin) => [id, viewOf(pin)] as const));
  }

  /**
   * A tool is what it says now, from here on.
   * @param wanted - `server/tool`, and the digest of what was read
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
