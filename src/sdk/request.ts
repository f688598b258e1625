// SPDX-License-Identifier: Apache-2.0
// One call to the control API: the token goes out with it, and what comes back is capped, timed and read as JSON or as
// the server's problem document.
import { type ProblemDocument, SdkError } from "./errors.ts";
import { maybe, member, type Part, text } from "./parts.ts";

/** UNIT: bytes. Largest answer that is read: a page of 1,000 entries of 65,535 bytes does not fit, and is asked for in parts. */
export const ANSWER_MAX_BYTES: number = 16 * 1024 * 1024;
/** UNIT: ms. Longest wait for a whole answer, and for the first byte of a stream. */
export const TIMEOUT_MS = 10_000;

/** The part of `fetch` that is used, so that a test or a browser can give its own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Connection {
  readonly baseUrl: string;
  /** Left out in a browser, where the cookie of a session goes along. */
  readonly token?: string | undefined;
  readonly fetch: Fetch;
}

/** @throws SdkError SDK_BASE_URL_MALFORMED, SDK_TOKEN_MALFORMED; the message never holds the token */
export function checkConnection({ baseUrl, token }: Pick<Connection, "baseUrl" | "token">): void {
  const url = URL.parse(baseUrl);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new SdkError("SDK_BASE_URL_MALFORMED", `opening a client: \`${baseUrl}\` is no http or https URL`);
  }
  // RFC 6750 section 2.1; anything else, and `fetch` would quote the token in its own message
  if (token !== undefined && !/^[A-Za-z0-9._~+/-]+=*$/.test(token)) {
    throw new SdkError("SDK_TOKEN_MALFORMED", "opening a client: the token is not one that a header can carry");
  }
}

type Body = NonNullable<Response["body"]>;

/** Asks for one JSON answer. @throws SdkError, each of its codes */
export async function getJson(connection: Connection, path: string): Promise<Part> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await send(connection, path, { signal, accept: "application/json" });
  return { value: parse(await readBody(response)), at: path };
}

/** Asks for one answer in plain text. @throws SdkError, each of its codes */
export async function getText(connection: Connection, path: string): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return readBody(await send(connection, path, { signal, accept: "text/plain" }));
}

/**
 * Sends a JSON body and reads the JSON answer; never sent twice.
 * @param options - `key`: `Idempotency-Key`, under which the same may be asked again; `ms`: longest wait
 * @throws SdkError, each of its codes
 */
export async function postJson(
  connection: Connection,
  path: string,
  body: object,
  { key, ms = TIMEOUT_MS }: { readonly key?: string; readonly ms?: number } = {},
): Promise<Part> {
  const signal = AbortSignal.timeout(ms);
  const sent = { signal, accept: "application/json", body: JSON.stringify(body) };
  const response = await send(
    connection,
    path,
    key === undefined ? sent : { ...sent, headers: { "idempotency-key": key } },
  );
  return { value: parse(await readBody(response)), at: path };
}

/** Puts something in place of what was there. @throws SdkError, each of its codes */
export async function putJson(connection: Connection, path: string, body: object): Promise<Part> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const sent = { signal, accept: "application/json", body: JSON.stringify(body), method: "PUT" } as const;
  return { value: parse(await readBody(await send(connection, path, sent))), at: path };
}

/** Changes what was seen in one version. @param match - `If-Match` (RFC 9110 section 13.1.1) @throws SdkError, each of its codes */
export async function patchJson(connection: Connection, path: string, body: object, match: string): Promise<Part> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const headers = { "if-match": match };
  const sent = { signal, accept: "application/json", body: JSON.stringify(body), method: "PATCH", headers } as const;
  return { value: parse(await readBody(await send(connection, path, sent))), at: path };
}

/** Takes something away, and reads what the server says of it. @throws SdkError, each of its codes */
export async function deleteJson(connection: Connection, path: string, body: object): Promise<Part> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const sent = { signal, accept: "application/json", body: JSON.stringify(body), method: "DELETE" } as const;
  return { value: parse(await readBody(await send(connection, path, sent))), at: path };
}

/** Asks for something that is answered with nothing but a status of success. @throws SdkError, each of its codes */
export async function sendOnly(
  connection: Connection,
  path: string,
  { method, body }: { readonly method: "POST" | "DELETE"; readonly body?: object },
): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const sent = { signal, accept: "application/json", method };
  await send(connection, path, body === undefined ? sent : { ...sent, body: JSON.stringify(body) });
}

/**
 * Asks for a stream of events.
 * @param since - id of the last event that was read, after a break
 * @returns the body; it ends when the server ends it or `signal` is aborted
 */
export async function getStream(
  connection: Connection,
  path: string,
  signal: AbortSignal,
  since?: string,
): Promise<Body> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), TIMEOUT_MS);
  try {
    const both = AbortSignal.any([signal, late.signal]);
    const response = await send(connection, path, {
      signal: both,
      accept: "text/event-stream",
      ...(since === undefined ? {} : { headers: { "last-event-id": since } }),
    });
    if (response.body === null)
      throw new SdkError("SDK_ANSWER_MALFORMED", `asking for ${path}: an answer without a body`);
    return response.body;
  } finally {
    clearTimeout(timer);
  }
}

/** Sends a JSON body; the answer is read by the caller, as it comes. @throws SdkError, each of its codes */
export function postStream(connection: Connection, path: string, body: object, signal: AbortSignal): Promise<Response> {
  return send(connection, path, { signal, accept: "application/x-ndjson", body: JSON.stringify(body) });
}

interface Sent {
  readonly signal: AbortSignal;
  readonly accept: string;
  /** JSON. */
  readonly body?: string;
  /** POST with a body, GET without one, where it is left out. */
  readonly method?: "POST" | "PUT" | "PATCH" | "DELETE";
  /** Headers of this one request, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
}

async function send({ baseUrl, token, fetch }: Connection, path: string, sent: Sent): Promise<Response> {
  const url = new URL(path, baseUrl).href;
  const { signal, accept, body, method = body === undefined ? "GET" : "POST" } = sent;
  const headers = {
    accept,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...sent.headers,
  };
  const init: RequestInit = { headers, signal, redirect: "error", method, ...(body === undefined ? {} : { body }) };
  const response = await fetch(url, init).catch((cause: unknown) => {
    throw new SdkError("SDK_UNREACHABLE", `asking ${url}: no answer`, { cause });
  });
  // 202 with a problem document is "not yet": there is nothing to read in it either
  const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json") === true;
  if (!response.ok || isProblem) throw await refusal(response, path);
  return response;
}

/** A status that is no success, with what the server said about it. */
async function refusal(response: Response, path: string): Promise<SdkError> {
  const { status } = response;
  const body = await readBody(response);
  const problem = readProblem(status, body);
  const code = status === 401 ? "SDK_NOT_SIGNED_IN" : "SDK_REFUSED";
  return new SdkError(code, problem.detail ?? `asking for ${path}: ${problem.title}`, { problem });
}

function readProblem(status: number, body: string): ProblemDocument {
  const plain: ProblemDocument = { status, title: `the server answered ${status}` };
  try {
    const answer: Part = { value: JSON.parse(body), at: "problem" };
    const optional = (name: string): string | undefined => maybe(member(answer, name), text);
    const [detail, code, fix, ref] = [optional("detail"), optional("code"), optional("fix"), optional("ref")];
    return {
      status,
      title: optional("title") ?? plain.title,
      ...(detail === undefined ? {} : { detail }),
      ...(code === undefined ? {} : { code }),
      ...(fix === undefined ? {} : { fix }),
      ...(ref === undefined ? {} : { ref }),
    };
  } catch {
    return plain; // no problem document (a proxy's page): the status is all there is to say
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new SdkError("SDK_ANSWER_MALFORMED", "reading the answer: not JSON", { cause });
  }
}

async function readBody({ body }: Response): Promise<string> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let whole = "";
  let bytes = 0;
  try {
    for await (const piece of pieces(body)) {
      bytes += piece.byteLength;
      if (bytes > ANSWER_MAX_BYTES) {
        throw new SdkError("SDK_ANSWER_TOO_LARGE", `reading the answer: over ${ANSWER_MAX_BYTES} bytes`);
      }
      whole += decoder.decode(piece, { stream: true });
    }
  } catch (cause) {
    if (cause instanceof SdkError) throw cause;
    throw new SdkError("SDK_UNREACHABLE", "reading the answer: it broke off", { cause });
  }
  return whole + decoder.decode();
}

/** The pieces of a body as they come; leaving the loop early closes the connection. Not every browser can iterate one. */
export async function* pieces(body: Body): AsyncGenerator<Uint8Array> {
  const reader: ReadableStreamDefaultReader<unknown> = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value instanceof Uint8Array) yield value;
    }
  } finally {
    await reader.cancel();
  }
}

/** What is asked for, behind a path; nothing where nothing is. */
export function query(asked: Readonly<Record<string, number | string | readonly string[]>>): string {
  const given = Object.entries(asked).map(([name, value]) => `${name}=${encodeURIComponent(value.toString())}`);
  return given.length === 0 ? "" : `?${given.join("&")}`;
}
