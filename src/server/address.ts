// SPDX-License-Identifier: Apache-2.0
// The file in the data folder that says where its server is.
import { chmod, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** Where the command line looks for the server of a data directory. */
const ADDRESS = "address";

export async function announce(dataDir: string, publicUrl: string, opened: AsyncDisposableStack): Promise<void> {
  const file = path.join(dataDir, ADDRESS);
  await writeFile(file, `${publicUrl}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  opened.defer(() => rm(file, { force: true }));
}
