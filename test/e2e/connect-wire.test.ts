// SPDX-License-Identifier: Apache-2.0
// The sidecar's connections: kept between calls, and not mistaken for idle ones while a call lasts.
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { readText } from "../../src/connect/http.ts";
import { Wire } from "../../src/connect/wire.ts";

/** UNIT: ms. Node's client closes its end of an idle connection one second before the server says that it will. */
const KEPT_MS = 2000;
const LONG_MS = 1300;

it("a call may last longer than an idle connection is kept, on a connection that was used before", async () => {
  const ports = new Set<number | undefined>();
  const server = createServer({ keepAliveTimeout: KEPT_MS }, (request, response) => {
    ports.add(request.socket.remotePort);
    request.resume();
    void wait(request.url === "/long" ? LONG_MS : 0).then(() => response.end(request.url));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const base = typeof address === "object" ? `http://127.0.0.1:${address?.port ?? 0}` : "";
  const wire = new Wire();
  const ask = async (path: string) =>
    readText(await wire.send({ method: "POST", url: `${base}${path}`, headers: {}, body: "{}" }), 1024);
  expect(await ask("/short")).toBe("/short");
  expect(await ask("/long")).toBe("/long");
  expect(ports.size).toBe(1);
  const gone = new AbortController();
  const given = wire.send({ method: "POST", url: `${base}/long`, headers: {}, body: "{}", signal: gone.signal });
  gone.abort();
  await expect(given).rejects.toMatchObject({ name: "AbortError" });
  server.closeAllConnections();
  server.close();
});
