// SPDX-License-Identifier: Apache-2.0
// The log's files as strangers fetch them (C2SP tlog-tiles): the checkpoint, and the tiles that it needs.
import type { Bytes } from "../../core/index.ts";
import type { LogFolder } from "../folder.ts";
import type { Publisher } from "../publish/publisher.ts";
import { TILE_WIDTH } from "../tree/tree.ts";

/** `<L>/<N>[.p/<W>]`, in the one spelling that there is. */
const PATH = /^(entries|0|[1-5]?[0-9]|6[0-3])\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;
/** Groups of three digits: a log of 2^53 entries has fewer. */
const GROUPS_MAX = 5;

export class LogFiles {
  private readonly folder: LogFolder;
  private readonly publisher: Publisher;

  constructor(folder: LogFolder, publisher: Publisher) {
    this.folder = folder;
    this.publisher = publisher;
  }

  /** The signed note that the world is told now; empty where nothing was published yet. */
  checkpoint(): string {
    return this.publisher.published.note;
  }

  /** A tile or bundle by what stands after `tile/` in its path; nothing where the published size does not need it. */
  async tile(path: string): Promise<Bytes | undefined> {
    const [, level, number = "", width = String(TILE_WIDTH)] = PATH.exec(path) ?? [];
    const groups = number.split("/");
    // a leading group of zeros would be a second spelling
    if (level === undefined || groups.length > GROUPS_MAX || (groups.length > 1 && groups[0] === "x000"))
      return undefined;
    if (/^0[0-9]/.test(level) || (path.includes(".p/") && Number(width) >= TILE_WIDTH)) return undefined;
    const span = level === "entries" ? 1 : TILE_WIDTH ** Number(level);
    const end = Number(groups.join("").replaceAll("x", "")) * TILE_WIDTH + Number(width);
    if (end > Math.floor(this.publisher.published.size / span)) return undefined;
    return this.folder.read(`tile/${path}`);
  }
}
