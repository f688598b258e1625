// SPDX-License-Identifier: Apache-2.0
// `bailiwick contain release <order>`: ends one order, if enough other people agree.
import type { Args } from "../command.ts";
import type { CliIo } from "../io.ts";
import { orderCalled, reasonOf, tellOrder } from "../order-row.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const [key = ""] = args.words;
  const because = reasonOf(args, `contain release ${key}`);
  const client = clientOf(args, io);
  const { id } = await orderCalled(key, client);
  const order = await client.release(id, because);
  const isDone = order.state === "released";
  if (!isDone) io.err("noted: it goes on until another person agrees\n");
  return tellOrder(args, io, order, isDone);
}
