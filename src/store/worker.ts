// SPDX-License-Identifier: Apache-2.0
// The thread that owns one connection: a synchronous commit must never stand in the way of a decision.
import { parentPort, workerData } from "node:worker_threads";
import type { ConnectionOptions } from "./connection.ts";
import type { Request } from "./protocol.ts";
import { serve } from "./serve.ts";

const start: ConnectionOptions = workerData; // oxlint-disable-line typescript/no-unsafe-assignment -- typed `any` by Node; thread.ts is the only sender
const port = parentPort;
if (port === null) throw new Error("the store's worker runs as a worker thread only");

const answer = serve(start);
port.on("message", (request: Request) => {
  port.postMessage(answer(request));
  if (request.op === "close") port.close(); // only now: a closed port sends nothing
});
