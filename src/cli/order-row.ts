// SPDX-License-Identifier: Apache-2.0
// An order in words: what it does to what, how far it got, and what every gate said.
import type { Client, OrderView } from "../sdk/index.ts";
import type { Args } from "./command.ts";
import { shortIdentity } from "./entry-row.ts";
import { CliError, misuse } from "./errors.ts";
import { EXIT } from "./exit.ts";
import type { CliIo, Style } from "./io.ts";
import { answer } from "./output.ts";
import type { Cell, Row } from "./table.ts";

const STATES: ReadonlyMap<string, Style> = new Map([
  ["effective", "red"],
  ["partial", "yellow"],
  ["ordered", "yellow"],
  ["releasing", "yellow"],
  ["released", "green"],
]);

function stateCell(state: string): Cell {
  const style = STATES.get(state);
  return style === undefined ? { text: state } : { text: state, style };
}

/** Id, state, effect, scope. */
export function orderCells({ id, state, effect, scope, because }: OrderView): Row {
  return [
    id,
    { ...stateCell(state), min: "releasing".length },
    effect,
    `${scope.kind} ${shortIdentity(scope.id)}: ${because}`,
  ];
}

/** All of it. Nothing is called stopped before every gate said so. */
export function orderRows(order: OrderView): readonly Row[] {
  const { points, conditions, by, scope } = order;
  const acked = points.filter(({ state }) => state === "acked").length;
  return [
    ["order", order.id],
    ["state", stateCell(order.state)],
    ["does", `${order.effect} on ${scope.kind} ${scope.id}`],
    ["because", order.because],
    ["by", by.map(shortIdentity).join(", ")],
    ["gates", `${acked} of ${points.length} acknowledged`],
    ...points.map(({ point, state, ms, aborted, bytesAfterOrder, upstreamUnknown }): Row => {
      const rest = upstreamUnknown === 0 ? "" : `, ${upstreamUnknown} with an unknown outcome`;
      return ["", `${point} ${state} in ${ms} ms, ${aborted} ended, ${bytesAfterOrder} bytes after it${rest}`];
    }),
    ...(order.standing ? [["known", "not here by that name: it binds from the first sight on"]] : []),
    ...(order.recorded ? [] : [["record", "not written down yet: it binds, and is tried again"]]),
    ...conditions.filter(({ met }) => !met).map(({ name, why }): Row => ["before its end", `${name}: ${why}`]),
  ];
}

/** Shows an order, and says whether it is what was asked for. */
export function tellOrder(args: Args, io: CliIo, order: OrderView, isDone: boolean): number {
  answer(args, io, order, orderRows(order));
  return isDone ? EXIT.done : EXIT.no;
}

/** Least characters of the end of an id that name an order. */
const END_MIN = 6;

/** The order that an id, or the end of one, names. @throws CliError CLI_NOT_FOUND, CLI_ARGUMENTS */
export async function orderCalled(key: string, client: Client): Promise<OrderView> {
  const orders = await client.containments({ all: true });
  const named = orders.filter(({ id }) => id === key || (key.length >= END_MIN && id.endsWith(key)));
  const [order] = named;
  const fix = "npx bailiwick contain list --all names them";
  if (order === undefined) throw new CliError("CLI_NOT_FOUND", `there is no order ${key}`, { fix, exit: EXIT.failed });
  if (named.length > 1) throw misuse("CLI_ARGUMENTS", `${named.length} orders end in ${key}`, fix);
  return order;
}

/** Whether every gate has said that it holds. */
export function holds({ state, points }: OrderView): boolean {
  return state === "effective" && points.length > 0 && points.every((point) => point.state === "acked");
}

/** @throws CliError CLI_OPTION_VALUE */
export function reasonOf({ values }: Args, command: string): string {
  const because = values.get("because");
  if (because !== undefined && because.trim() !== "") return because;
  throw misuse("CLI_OPTION_VALUE", "it needs its reason", `write bailiwick ${command} --because WHY`);
}
