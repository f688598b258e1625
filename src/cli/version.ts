// SPDX-License-Identifier: Apache-2.0
// The version of the package that is running, from sources or from dist/: both lie two folders below its root.
import { readFileSync } from "node:fs";

export const VERSION: string = readVersion(new URL("../../package.json", import.meta.url));

function readVersion(manifest: URL): string {
  const found: unknown = JSON.parse(readFileSync(manifest, "utf8"));
  const version = typeof found === "object" && found !== null && "version" in found ? found.version : undefined;
  if (typeof version !== "string") throw new Error(`reading ${manifest.href}: no version`);
  return version;
}
