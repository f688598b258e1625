// SPDX-License-Identifier: Apache-2.0
// What the operator of a host asks of its server: backups, and going on after a restore.
import { flag, member, text, whole } from "./parts.ts";
import { type Connection, postJson } from "./request.ts";

/** UNIT: ms. A backup takes as long as its disk. */
const BACKUP_MS = 4 * 3_600_000;

export interface BackupView {
  readonly to: string;
  readonly keysTo: string;
  /** SHA-256 of the manifest, hexadecimal. */
  readonly manifest: string;
  readonly made: string;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  readonly entries: number;
}

export interface SystemClient {
  /** Folders of the server's machine, which must not be there yet. */
  backUp(to: string, keysTo: string): Promise<BackupView>;
  /** Says in the record how a test of a backup went. @param manifest - SHA-256, hexadecimal */
  tested(manifest: string, ok: boolean): Promise<void>;
  /** Lets agents go on after a restore. @returns how many; nothing where nothing was restored */
  reopen(): Promise<number | undefined>;
}

export function systemClient(connection: Connection): SystemClient {
  return {
    async backUp(to, keysTo) {
      const part = await postJson(connection, "/api/system/backups", { to, keysTo }, { ms: BACKUP_MS });
      const word = (name: string): string => text(member(part, name));
      const count = (name: string): number => whole(member(part, name));
      return {
        to: word("to"),
        keysTo: word("keysTo"),
        manifest: word("manifest"),
        made: word("made"),
        rows: count("rows"),
        files: count("files"),
        bytes: count("bytes"),
        entries: count("entries"),
      };
    },
    async tested(manifest, ok) {
      await postJson(connection, "/api/system/backups/tested", { manifest, ok });
    },
    async reopen() {
      const part = await postJson(connection, "/api/system/reopen", {});
      return flag(member(part, "restored")) ? whole(member(part, "agents")) : undefined;
    },
  };
}
