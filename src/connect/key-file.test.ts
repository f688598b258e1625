// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keptKey, makeKey, readKeyFile } from "./key-file.ts";

const UID = process.getuid?.();
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "bailiwick-key-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Puts a key down with these rights. */
async function put(text: string, mode = 0o600): Promise<string> {
  const file = path.join(dir, "agent.jwk.json");
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

test("I45: a key is made once, for its owner alone, and all who ask at once get the same one", async () => {
  const file = path.join(dir, "keys", "files.json");
  const [one, ...others] = await Promise.all(Array.from({ length: 20 }, () => keptKey(file, UID)));
  expect(one?.jwk).toMatchObject({ kty: "EC", crv: "P-256" });
  for (const other of others) expect(other).toEqual(one);
  expect(await keptKey(file, UID)).toEqual(one);
  expect(await readdir(path.dirname(file))).toEqual(["files.json"]);
  expect([(await stat(file)).mode & 0o777, (await stat(path.dirname(file))).mode & 0o777]).toEqual([0o600, 0o700]);
});

test("I45: a key without a wrapping is read, an instance is kept with it, and no file is no key", async () => {
  const jwk = makeKey();
  expect(await readKeyFile(await put(JSON.stringify(jwk)), UID)).toEqual({ jwk, instance: undefined });
  expect(await readKeyFile(await put(JSON.stringify({ jwk, instance: "i" })), UID)).toEqual({ jwk, instance: "i" });
  expect(await readKeyFile(path.join(dir, "none.json"), UID)).toBeUndefined();
});

describe.skipIf(process.platform === "win32")("a key that others could have (not run on Windows)", () => {
  test.each([0o640, 0o604, 0o660])("I45: rights %o are refused, with what to do", async (mode) => {
    const file = await put(JSON.stringify(makeKey()), mode);
    await expect(readKeyFile(file, UID)).rejects.toMatchObject({
      code: "CONNECT_KEY_UNSAFE",
      message: expect.stringContaining("others may read it") as string,
      fix: expect.stringContaining("chmod 600") as string,
    });
    // nor is it replaced by a new one behind its owner's back
    await expect(keptKey(file, UID)).rejects.toMatchObject({ code: "CONNECT_KEY_UNSAFE" });
  });

  test("I45: somebody else's file, a link to one's own, and a folder that others may write into are refused", async () => {
    const file = await put(JSON.stringify(makeKey()));
    await expect(readKeyFile(file, (UID ?? 0) + 1)).rejects.toThrow("belongs to somebody else");
    const link = path.join(dir, "link.json");
    await symlink(file, link);
    await expect(readKeyFile(link, UID)).rejects.toThrow("it is a link");
    await chmod(dir, 0o770);
    await expect(readKeyFile(file, UID)).rejects.toThrow("others may write into this folder");
    await mkdir(path.join(dir, "open"), { mode: 0o777 });
    await chmod(path.join(dir, "open"), 0o777);
    await expect(keptKey(path.join(dir, "open", "new.json"), UID)).rejects.toThrow("others may write");
  });
});

test.each([
  ["no JSON", '{"kty":"EC","d":"secret-part'],
  ["a list", '["secret-part"]'],
  ["a key that is no object", '{"jwk":"secret-part"}'],
  ["more than a key can be", `{"kty":"EC","x":"${"secret-part".repeat(2000)}"}`],
])("I45: a file with %s is refused, and nothing of it is in the message", async (_, text) => {
  const file = await put(text);
  const refused = await readKeyFile(file, UID).catch((cause: unknown) => cause);
  expect(refused).toMatchObject({ code: "CONNECT_KEY_MALFORMED" });
  expect(String(refused) + JSON.stringify(refused)).not.toContain("secret-part");
});
