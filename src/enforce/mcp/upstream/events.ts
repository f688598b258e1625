// SPDX-License-Identifier: Apache-2.0
// What an upstream sends in one HTTP answer: one JSON message, or server-sent events with a message each. Read as strictly as
// everything else that comes in, and cut while it streams once it is over the limit (enforce E34, E35).
import { TextDecoder } from "node:util";
import { createParser } from "eventsource-parser";
import { type Bytes, type Json, type OutboundAnswer, parseJson } from "../../../core/index.ts";
import { EnforceError } from "../../errors.ts";
import { classify, type Message } from "../message.ts";

/** UNIT: bytes. Longest message of an upstream (enforce E35). */
export const MESSAGE_MAX_BYTES: number = 10 * 1024 * 1024;

/** Where a stream can be taken up again (MCP 2025-11-25, resumability). */
export interface Cursor {
  lastId?: string;
  retryMs?: number;
}

export interface Spoken {
  readonly json: Json;
  readonly message: Message;
  readonly bytes: number;
}

/** @throws EnforceError ENFORCE_UPSTREAM_PROTOCOL; CoreError where it is no strict JSON */
export async function* spoken(answer: OutboundAnswer, cursor: Cursor): AsyncGenerator<Spoken> {
  const type = mediaType(answer.headers["content-type"]);
  if (answer.headers["content-encoding"] !== undefined) throw broken("an encoding that was not asked for");
  if (type === "text/event-stream") yield* events(answer.body, cursor);
  else if (type === "application/json") {
    const body = await whole(answer.body, MESSAGE_MAX_BYTES);
    yield told(parseJson(body, { maxBytes: MESSAGE_MAX_BYTES }), body.length);
  } else throw broken(`an answer of type ${type ?? "none"}`);
}

function told(json: Json, bytes: number): Spoken {
  return { json, message: classify(json), bytes };
}

/** A body up to a size; past it the connection ends. */
export async function whole(body: AsyncIterable<Bytes>, maxBytes: number): Promise<Buffer> {
  const chunks: Bytes[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw broken(`an answer over ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function mediaType(header: string | undefined): string | undefined {
  return header?.split(";", 1)[0]?.trim().toLowerCase();
}

async function* events(body: AsyncIterable<Bytes>, cursor: Cursor): AsyncGenerator<Spoken> {
  const ready: string[] = [];
  let fault: string | undefined;
  const parser = createParser({
    maxBufferSize: MESSAGE_MAX_BYTES,
    onEvent: ({ data, event }) => {
      if (data !== "" && (event === undefined || event === "message")) ready.push(data);
    },
    onId: (id) => {
      cursor.lastId = id;
    },
    onRetry: (ms) => {
      cursor.retryMs = ms;
    },
    onError: ({ type }) => {
      if (type === "max-buffer-size-exceeded") fault = `an event over ${MESSAGE_MAX_BYTES} characters`;
    },
  });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const chunk of body) {
    parser.feed(decode(decoder, chunk));
    if (fault !== undefined) throw broken(fault);
    for (const data of ready.splice(0))
      yield told(parseJson(data, { maxBytes: MESSAGE_MAX_BYTES }), Buffer.byteLength(data));
  }
}

function decode(decoder: TextDecoder, chunk: Bytes): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new EnforceError("ENFORCE_UPSTREAM_PROTOCOL", "reading events: not UTF-8", { cause });
  }
}

function broken(what: string): EnforceError {
  return new EnforceError("ENFORCE_UPSTREAM_PROTOCOL", `reading an answer: ${what}`);
}
