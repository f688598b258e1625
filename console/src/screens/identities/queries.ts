// SPDX-License-Identifier: Apache-2.0
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Client, ContainmentView } from "../../../../src/sdk/index.ts";
import { KEYS } from "../../shell/keys.ts";

/** @param lists - what this server keeps */
export function useOrders(client: Client, lists: readonly string[]): UseQueryResult<readonly ContainmentView[]> {
  const isKept = lists.includes("containments");
  return useQuery({ queryKey: KEYS.containments, queryFn: () => (isKept ? client.containments() : []) });
}
