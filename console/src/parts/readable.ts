// SPDX-License-Identifier: Apache-2.0

/**
 * A call as `tool {arguments}` with its arguments over several lines. Only white space between tokens is added: what would
 * not come back the same (a number that a double does not hold, a member twice) is shown as it came.
 */
export function readable(call: string): string {
  const [, tool = "", args = ""] = /^(\S+) (\{.*\})$/s.exec(call) ?? [];
  try {
    const value: unknown = JSON.parse(args);
    return JSON.stringify(value) === args ? `${tool} ${JSON.stringify(value, null, 2)}` : call;
  } catch {
    return call;
  }
}
