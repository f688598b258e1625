// SPDX-License-Identifier: Apache-2.0
// An upstream that asks its client one thing in each call, as it is told: `node asker.ts '{"method": .., "params": ..}'`. What
// came back is its answer; then it says of its own accord that its tools changed, and a line of its log.
import { createInterface } from "node:readline";

const question = JSON.parse(process.argv[2] ?? "{}") as object;
const say = (message: object): void => void process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
let called: unknown;

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, ...rest } = JSON.parse(line) as { id?: unknown; method?: string };
  if (method === "initialize")
    say({
      id,
      result: {
        protocolVersion: "2025-11-25",
        capabilities: { tools: { listChanged: true }, logging: {} },
        serverInfo: { name: "asker", version: "1" },
      },
    });
  else if (method === "tools/call") {
    called = id;
    say({ id: "ask", ...question });
  } else if (id === "ask") {
    say({ id: called, result: { content: [{ type: "text", text: JSON.stringify(rest) }] } });
    say({ method: "notifications/tools/list_changed" });
    say({ method: "notifications/message", params: { level: "info", data: "done" } });
  }
});
