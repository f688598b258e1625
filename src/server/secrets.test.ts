// SPDX-License-Identifier: Apache-2.0
// A secret comes from a file that nobody else can read, and is one token.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSecret } from "./secrets.ts";

async function folder(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), "bailiwick-secret-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

test("E26: a secret is read anew each time, without the end of its line", async () => {
  const file = path.join(await folder(), "token");
  await writeFile(file, "first\n", { mode: 0o600 });
  expect(await readSecret(file)).toBe("first");
  await writeFile(file, "second");
  expect(await readSecret(file)).toBe("second");
});

test("E26: a file that others read, that is none, or that holds more than a token is refused, and its content is not told", async () => {
  const dir = await folder();
  const write = async (name: string, text: string, mode = 0o600): Promise<string> => {
    const file = path.join(dir, name);
    await writeFile(file, text);
    await chmod(file, mode);
    return file;
  };
  const cases: [string, RegExp][] = [
    [await write("open", "s3cret", 0o644), /others can read it/],
    [await write("group", "s3cret", 0o640), /others can read it/],
    [await write("lines", "s3cret\r\nx-other: 1"), /not hold one token/],
    [await write("empty", ""), /not hold one token/],
    [await write("long", "s3cret".repeat(4096)), /no small file/],
    [dir, /no small file/],
    [path.join(dir, "none"), /cannot be read/],
  ];
  for (const [file, why] of cases) {
    const refused = await readSecret(file).catch((cause: Error & { code: string }) => cause);
    expect(refused, file).toMatchObject({ code: "SERVER_SECRET_UNUSABLE" });
    expect(String(refused)).toMatch(why);
    expect(String(refused)).not.toContain("s3cret");
  }
});
