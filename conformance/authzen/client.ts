// SPDX-License-Identifier: Apache-2.0
// Asks one decision point. TLS of a test certificate is trusted by its own file, never by switching the check off.
import { request as http } from "node:http";
import { request as https } from "node:https";

export interface Point {
  /** Address of the decision point, without `/access`. */
  readonly url: string;
  readonly token?: string | undefined;
  /** Certificate of a test authority. */
  readonly ca?: string | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly json: unknown;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes as it is; anything else as JSON. */
  readonly body?: unknown;
}

/** UNIT: ms. */
const WAIT_MS = 20_000;

export function ask(point: Point, path: string, { method = "POST", headers = {}, body }: Ask = {}): Promise<Reply> {
  const url = new URL(path.startsWith("https:") || path.startsWith("http:") ? path : `${point.url}${path}`);
  const sent = body === undefined || typeof body === "string" ? (body ?? "") : JSON.stringify(body);
  const all: Record<string, string> = {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(point.token === undefined ? {} : { authorization: `Bearer ${point.token}` }),
    ...headers,
  };
  const options = { method, headers: all, timeout: WAIT_MS, ...(point.ca === undefined ? {} : { ca: point.ca }) };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? https : http)(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
      });
    });
    request.on("timeout", () => request.destroy(new Error(`no answer of ${url.href} in ${WAIT_MS} ms`)));
    request.on("error", reject);
    request.end(sent);
  });
}

function parsed(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return undefined; // a body that is no JSON is what some checks look for
  }
}
