// SPDX-License-Identifier: Apache-2.0
// `bailiwick contain list`: the orders that bind, newest first.
import type { Args } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { CliIo } from "../io.ts";
import { holds, orderCells } from "../order-row.ts";
import { items } from "../output.ts";
import { clientOf } from "../server.ts";

export async function run(args: Args, io: CliIo): Promise<number> {
  const orders = await clientOf(args, io).containments({ all: args.switches.has("all") });
  items(args, io, orders, orderCells);
  if (orders.length === 0) io.err("nothing is contained\n");
  const open = orders.filter((order) => order.state !== "released");
  return open.every(holds) ? EXIT.done : EXIT.no;
}
