// SPDX-License-Identifier: Apache-2.0
// `node bench/decide/asker.ts`: reads one order a line, asks with so many connections for so long, each with one request under
// way, and prints a line of what it saw. Over bare sockets, with requests written beforehand: on two cores what asks must not
// cost more than what answers.
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

export interface Order {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: readonly string[];
  /** Bodies, and what the answer to each must have in it. */
  readonly asks: readonly { readonly body: string; readonly expect: string }[];
  readonly connections: number;
  readonly ms: number;
}

export interface Seen {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that said something else, or were none. */
  readonly wrong: number;
}

interface Running {
  readonly requests: readonly { readonly bytes: Buffer; readonly expect: string }[];
  readonly times: number[];
  readonly until: number;
  next: number;
  wrong: number;
}

async function ask(order: Order): Promise<Seen> {
  const { host, port, path, headers, asks, connections, ms } = order;
  const requests = asks.map(({ body, expect }) => {
    const head = [
      `POST ${path} HTTP/1.1`,
      `Host: ${host}:${port}`,
      ...headers,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    return { bytes: Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`), expect };
  });
  const started = performance.now();
  const running: Running = { requests, times: [], until: started + ms, next: 0, wrong: 0 };
  await Promise.all(Array.from({ length: connections }, () => keepAsking(connect(port, host), running)));
  const seconds = (performance.now() - started) / 1000;
  const times = Float64Array.from(running.times).toSorted();
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return { perSecond: Math.round(times.length / seconds), p50Ms: at(0.5), p99Ms: at(0.99), wrong: running.wrong };
}

/** One connection: the next request goes out when the answer to the last is whole. */
function keepAsking(socket: Socket, running: Running): Promise<void> {
  return new Promise((resolve, reject) => {
    let [said, expect, sent] = ["", "", 0];
    const send = (): void => {
      const request = running.requests[running.next++ % running.requests.length];
      if (request === undefined || performance.now() > running.until) return void socket.end(resolve);
      [said, expect, sent] = ["", request.expect, performance.now()];
      socket.write(request.bytes);
    };
    socket.setNoDelay(true);
    socket.once("error", reject);
    socket.once("connect", send);
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      said += chunk;
      if (!isWhole(said)) return;
      running.times.push(performance.now() - sent);
      if (!said.startsWith("HTTP/1.1 200") || !said.includes(expect)) running.wrong += 1;
      send();
    });
  });
}

function isWhole(said: string): boolean {
  const head = said.indexOf("\r\n\r\n");
  if (head === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(said)?.[1];
  return length === undefined ? said.endsWith("\r\n0\r\n\r\n") : said.length >= head + 4 + Number(length);
}

if (import.meta.main)
  for await (const line of createInterface({ input: process.stdin }))
    console.log(JSON.stringify(await ask(JSON.parse(line) as Order)));
