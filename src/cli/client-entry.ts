// SPDX-License-Identifier: Apache-2.0
// What a client of MCP servers is told of one behind the gate: a program that speaks MCP on stdio and holds this machine's key.

/** The member of `mcpServers` for one server, as desktop clients read it. */
export function clientEntry(
  server: string,
  gate?: string,
): { readonly command: string; readonly args: readonly string[] } {
  // a client starts it in a folder of its own, from where no data folder says where the gate is
  return { command: "npx", args: ["bailiwick", "connect", server, ...(gate === undefined ? [] : ["--gate", gate])] };
}

/** The whole file for a client that has no other server. */
export function clientFile(server: string): object {
  return { mcpServers: { [server]: clientEntry(server) } };
}
