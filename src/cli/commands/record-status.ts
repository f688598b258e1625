// SPDX-License-Identifier: Apache-2.0
// `bailiwick record status`: how large the log is, what of it the world was told, and what of it can be searched.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { answer } from "../output.ts";
import { clientOf } from "../server.ts";
import type { Row } from "../table.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const { record, dataDir } = await clientOf(args, io).status();
  const { origin, state, size, published, indexedThrough } = record;
  const isOpen = state === "open";
  const rows: readonly Row[] = [
    ["log", origin],
    ["state", { text: state, style: isOpen ? "green" : "red" }],
    ["entries", `${size}, of which ${published} are under the published checkpoint`],
    ...(indexedThrough === undefined ? [] : [["search", through(indexedThrough, size)] as const]),
    ["check it", `npx bailiwick verify ${dataDir}/record --policy ${dataDir}/trust.policy`],
  ];
  answer(args, io, record, rows);
  return isOpen ? EXIT.done : EXIT.no;
}

function through(indexed: number, size: number): string {
  return indexed >= size
    ? "every entry can be found"
    : `entries before ${indexed} can be found, ${size - indexed} wait`;
}
