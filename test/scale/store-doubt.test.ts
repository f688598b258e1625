// SPDX-License-Identifier: Apache-2.0
// A commit that the server took and whose answer was lost: found out by its number, and neither repeated nor given up
// (store S10; 9.27 of PostgreSQL's manual).
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parsePostgresUrl } from "../../src/store/postgres/address.ts";
import { CONTRACT_SCHEMA } from "../../src/store/testing/contract-schema.ts";
import { tables } from "../../src/store/testing/contract-world.ts";
import { openTestPostgres, testDatabase } from "../../src/store/testing/postgres.ts";
import { onPostgres } from "../support/postgres.ts";

/** `Q`, the length, and the text `commit` with its end: the simple query message (55.7 of PostgreSQL's manual). */
const COMMIT = Buffer.from([0x51, 0, 0, 0, 11, ...Buffer.from("commit\0")]);

/** Stands between, and cuts the line at the next commit: before the server has it, or once the server has answered. */
class Cutter implements AsyncDisposable {
  cut: "before" | "after" | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((client) => this.join(client));
  private readonly to: { readonly path: string } | { readonly host: string; readonly port: number };

  constructor(url: string) {
    const { host, port } = parsePostgresUrl(url);
    this.to = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  }

  async listen(url: string): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const address = this.server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const through = new URL(url);
    through.search = "";
    through.hostname = "127.0.0.1";
    through.port = String(address.port);
    return through.href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    const server = connect(this.to);
    let isLast = false;
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on("error", () => undefined);
    }
    client.on("data", (chunk) => {
      const isCommit = this.cut !== undefined && chunk.includes(COMMIT);
      if (isCommit && this.cut === "before") {
        this.cut = undefined;
        client.destroy();
        server.destroy();
        return;
      }
      isLast ||= isCommit;
      server.write(chunk);
    });
    server.on("data", (chunk) => {
      if (!isLast) {
        client.write(chunk);
        return;
      }
      this.cut = undefined;
      client.destroy();
      server.destroy();
    });
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
  }
}

onPostgres("a commit whose answer is lost", (server) => {
  describe("a commit whose answer is lost", () => {
    it.each([
      ["after", "that the server took is kept, and not done twice", 1],
      ["before", "that the server never got is begun again", 2],
    ] as const)("S10: cut %s: one %s", async (cut, _what, times) => {
      const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-doubt-"));
      await using database = await testDatabase(server);
      await using cutter = new Cutter(database.url);
      {
        await using store = await openTestPostgres(dir, await cutter.listen(database.url), [CONTRACT_SCHEMA]);
        let ran = 0;
        await store.tx("doubt", async (db) => {
          ran += 1;
          await tables(db)
            .insertInto("try_item")
            .values({ id: `run-${ran}` })
            .execute();
          if (ran === 1) cutter.cut = cut;
        });
        expect(ran).toBe(times);
        const rows = await tables(store.read).selectFrom("try_item").select("id").execute();
        expect(rows).toEqual([{ id: `run-${times}` }]);
        expect(store.health().ok).toBe(true);
      }
      await rm(dir, { recursive: true });
    });
  });
});
