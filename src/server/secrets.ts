// SPDX-License-Identifier: Apache-2.0
// A secret in a file that nobody else can read: read anew each time, so that changing the file changes the secret, and kept
// nowhere.
import { open } from "node:fs/promises";
import { quote } from "../core/index.ts";
import { ServerError } from "./errors.ts";

/** UNIT: bytes. */
const SECRET_MAX_BYTES = 16 * 1024;
/** What a header may carry: no line of it can become another header. */
const TOKEN = /^[\x21-\x7e]+$/;

/** @throws ServerError SERVER_SECRET_UNUSABLE */
export async function readSecret(file: string): Promise<string> {
  const handle = await open(file, "r").catch((cause: unknown) => {
    throw unusable(file, "it cannot be read", cause);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > SECRET_MAX_BYTES) throw unusable(file, "it is no small file");
    if ((stat.mode & 0o077) !== 0) throw unusable(file, "others can read it", undefined, `chmod 600 ${file}`);
    const text = (await handle.readFile("utf8")).trim();
    if (!TOKEN.test(text)) throw unusable(file, "it does not hold one token");
    return text;
  } finally {
    await handle.close();
  }
}

function unusable(file: string, why: string, cause?: unknown, fix?: string): ServerError {
  return new ServerError("SERVER_SECRET_UNUSABLE", `reading the secret in ${quote(file)}: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    ...(fix === undefined ? {} : { fix }),
  });
}
