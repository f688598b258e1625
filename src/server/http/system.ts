// SPDX-License-Identifier: Apache-2.0
// What the operator of the host does to the server that runs: backups, and going on after a restore. For the command line
// of this machine alone, since both name folders of it.
import path from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Json, jsonObject, member } from "../../core/index.ts";
import type { Access } from "../access.ts";
import type { BackupSets, BackupTold } from "../backups.ts";
import { bodyObject, sendJson } from "./json.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface SystemPorts {
  readonly access: Access;
  backUp(sets: BackupSets): Promise<BackupTold>;
  /** Says in the record that a backup was restored to a scratch folder, and how that went. */
  tested(manifest: string, ok: boolean): Promise<void>;
  /** @returns how many agents have a mandate again; nothing where nothing was restored */
  goOn(): Promise<number | undefined>;
}

export function mountSystem(app: FastifyInstance, ports: SystemPorts): void {
  const route = (url: string, answer: (body: unknown) => Promise<Json | undefined>): void => {
    app.post(url, async (request: FastifyRequest, reply: FastifyReply) => {
      if (ports.access.askerOf(request.headers)?.kind !== "host") return sendProblem(reply, PROBLEMS.hostOnly);
      const done = await answer(request.body);
      return done === undefined ? sendProblem(reply, PROBLEMS.malformed) : sendJson(reply, done);
    });
  };
  route("/api/system/backups", async (body) => {
    const [to, keysTo] = [folderOf(body, "to"), folderOf(body, "keysTo")];
    if (to === undefined || keysTo === undefined || to === keysTo) return undefined;
    const told = await ports.backUp({ to, keysTo });
    return jsonObject([
      ["to", told.to],
      ["keysTo", told.keysTo],
      ["manifest", told.manifest],
      ["made", told.made],
      ["rows", told.rows],
      ["files", told.files],
      ["bytes", told.bytes],
      ["entries", told.entries],
    ]);
  });
  route("/api/system/backups/tested", async (body) => {
    const object = bodyObject(body);
    const [manifest, ok] = [member(object, "manifest"), member(object, "ok")];
    if (typeof manifest !== "string" || !/^[0-9a-f]{64}$/.test(manifest) || typeof ok !== "boolean") return undefined;
    await ports.tested(manifest, ok);
    return jsonObject([["ok", ok]]);
  });
  route("/api/system/reopen", async () => {
    const agents = await ports.goOn();
    return jsonObject([
      ["restored", agents !== undefined],
      ["agents", agents ?? 0],
    ]);
  });
}

function folderOf(body: unknown, name: string): string | undefined {
  const value = member(bodyObject(body), name);
  return typeof value === "string" && path.isAbsolute(value) ? path.normalize(value) : undefined;
}
