// SPDX-License-Identifier: Apache-2.0
// Loaded before a peer that has no option for it: whatever it listens on, it is loopback.
import { type ListenOptions, Server } from "node:net";

// oxlint-disable-next-line typescript/unbound-method -- called below on the server that it belongs to
const listen: (this: Server, options: ListenOptions, done: () => void) => Server = Server.prototype.listen;

function onLoopback(this: Server, ...args: unknown[]): Server {
  const [port, ...rest] = args;
  const done = rest.find((one) => typeof one === "function");
  return listen.call(this, { port: Number(port), host: "127.0.0.1" }, () => void done?.());
}

Object.defineProperty(Server.prototype, "listen", { value: onLoopback });
