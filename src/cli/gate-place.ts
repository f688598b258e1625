// SPDX-License-Identifier: Apache-2.0
// Where the gate is: as it was said, or as its data folder says it. Asked again when it does not answer, because a gate that
// was started anew may be elsewhere.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ConnectError } from "../connect/index.ts";
import type { Args } from "./command.ts";
import { misuse } from "./errors.ts";
import type { CliIo } from "./io.ts";
import { checkAddress } from "./server.ts";

/** Base URL of the gate, without a slash at its end. @throws CliError CLI_ADDRESS_UNSAFE, CLI_OPTION_VALUE; ConnectError */
export function locator({ values }: Args, io: Pick<CliIo, "cwd" | "gate">): () => string {
  const said = values.get("gate") ?? (values.has("data") ? undefined : io.gate);
  if (said !== undefined) return fixed(said);
  const folder = values.get("data") ?? nearestData(io.cwd);
  const named = path.join(folder, "address");
  return () => {
    const url = read(path.resolve(io.cwd, named));
    if (url === undefined) {
      const fix = "start it with npx bailiwick up, or say where it is with --gate or --data";
      throw new ConnectError("CONNECT_GATE_UNREACHABLE", `no gate is known: cannot read ${named}`, { fix });
    }
    checkAddress(url, folder);
    return url;
  };
}

function fixed(text: string): () => string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search !== "" || url.hash !== "")
    throw misuse(
      "CLI_OPTION_VALUE",
      "the gate is not named by a plain http or https URL",
      "write --gate http://localhost:7400",
    );
  checkAddress(url.origin, "--gate");
  return () => url.origin;
}

/** `data` beside the nearest `bailiwick.yaml`, from here upwards; `./data` where there is none. */
function nearestData(cwd: string): string {
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, "bailiwick.yaml"))) return path.join(folder, "data");
    if (folder === path.dirname(folder)) return "data";
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined; // the caller says that there is no gate
  }
}
