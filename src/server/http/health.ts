// SPDX-License-Identifier: Apache-2.0
// `/healthz`: the process turns. `/readyz`: a call could pass now, or which part stops it; and what does not stop it, but
// whoever runs it should know.
import type { FastifyInstance } from "fastify";

export function mountHealth(
  app: FastifyInstance,
  failing: () => readonly string[],
  notes: () => readonly string[],
): void {
  app.get("/healthz", (_request, reply) => reply.header("content-type", "text/plain; charset=utf-8").send("ok\n"));
  app.get("/readyz", (_request, reply) => {
    const why = failing();
    const body = `${[...(why.length === 0 ? ["ready"] : why), ...notes()].join("\n")}\n`;
    return reply
      .code(why.length === 0 ? 200 : 503)
      .header("content-type", "text/plain; charset=utf-8")
      .send(body);
  });
}
