// SPDX-License-Identifier: Apache-2.0
import { crc32, deflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CliError } from "./errors.ts";
import { smallLog } from "./testing/log.ts";
import { createWorld } from "./testing/world.ts";
import { isZip, zipSource } from "./zip.ts";

/** A zip after APPNOTE.TXT, every second file deflated. */
function zipOf(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [i, [name, content]] of Object.entries(files).entries()) {
    const bytes = Buffer.from(content);
    const method = i % 2 === 0 ? 0 : 8;
    const packed = method === 0 ? bytes : deflateRawSync(bytes);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(crc32(bytes), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(bytes.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), shared, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\u0001\u0002\u0014\0"), shared, tail, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, list, Buffer.from("PK\u0005\u0006"), end]);
}

test("L34: the files of a zip are what they were, packed or not", () => {
  const names = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8})?$/);
  const files = fc.dictionary(names, fc.uint8Array(), { minKeys: 1, noNullPrototype: true });
  fc.assert(
    fc.property(files, (given) => {
      const zip = zipOf(given);
      expect(isZip(zip)).toBe(true);
      const source = zipSource(zip, "a.zip");
      expect(source.list().toSorted()).toEqual(Object.keys(given).toSorted());
      for (const [name, content] of Object.entries(given)) {
        expect(Buffer.from(source.read(name) ?? "").equals(Buffer.from(content))).toBe(true);
      }
      expect(source.read("../a")).toBeUndefined();
    }),
  );
});

/** What reading all of it throws. */
function faultOf(zip: Buffer): unknown {
  try {
    const source = zipSource(zip, "a.zip");
    for (const name of source.list()) source.read(name);
    return undefined;
  } catch (error) {
    return error instanceof CliError ? CliError : error;
  }
}

test("L34: a zip that is damaged is refused in words, and never read as something else", () => {
  const zip = zipOf({ "a/one": "first", "a/two": "second second second" });
  fc.assert(
    fc.property(fc.nat(zip.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(zip);
      changed[at] = byte;
      expect(faultOf(changed)).toBeOneOf([undefined, CliError]);
    }),
  );
  expect(isZip(Buffer.from("no zip at all, but long enough"))).toBe(false);
});

test("L34: a log in a zip is judged as its folder is, also under one folder of the zip", async () => {
  const log = smallLog("localhost/log/main-1");
  const inFolder = Object.fromEntries(Object.entries(log.files).map(([name, content]) => [`log/${name}`, content]));
  for (const files of [log.files, inFolder]) {
    using world = createWorld();
    world.write("log.zip", zipOf(files));
    world.write("trust.policy", log.policy);
    expect(await world.run("verify log.zip --policy trust.policy")).toMatchObject({ code: 0 });
    const broken = {
      ...files,
      [Object.keys(files).find((name) => name.endsWith("tile/0/000.p/1")) ?? ""]: Buffer.alloc(32),
    };
    world.write("log.zip", zipOf(broken));
    expect(await world.run("verify log.zip --policy trust.policy")).toMatchObject({ code: 4 });
  }
});

test("L34: an older checkpoint says whether the log only grew; where that cannot be told it is exit 3", async () => {
  using world = createWorld();
  const log = smallLog("localhost/log/main-1");
  for (const [name, content] of Object.entries(log.files)) world.write(`main-1/${name}`, content);
  world.write("trust.policy", log.policy);
  world.write("entry.tlog-proof", log.proof);
  const verify = (what: string): ReturnType<typeof world.run> =>
    world.run(`verify ${what} --policy trust.policy --older main-1/checkpoint`);
  const same = await verify("main-1");
  expect(same.code).toBe(0);
  expect(same.out).toMatch(/\npassed +growth: from 1 to 1/);
  expect((await verify("entry.tlog-proof")).code).toBe(3);
  world.write("main-1/checkpoint", smallLog("localhost/log/main-1").files["checkpoint"] ?? "");
  expect((await verify("main-1")).code).toBe(4);
});
