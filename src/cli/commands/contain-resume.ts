// SPDX-License-Identifier: Apache-2.0
// `bailiwick contain resume <order>`: an identity whose isolation was released acts again, under a standing read-only.
import type { Args } from "../command.ts";
import type { CliIo } from "../io.ts";
import { holds, orderCalled, reasonOf, tellOrder } from "../order-row.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [key = ""] = args.words;
  const because = reasonOf(args, `contain resume ${key}`);
  const client = clientOf(args, io);
  const { id } = await orderCalled(key, client);
  const order = await client.resume(id, because);
  return tellOrder(args, io, order, holds(order));
}
