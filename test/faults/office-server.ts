// SPDX-License-Identifier: Apache-2.0
// The office's server in a process of its own, to be killed: `node office-server.ts <folder> <round>`. Its person asked for
// exactly the reports of this round, so that writing them is nobody's question.
import { flushCompileCache } from "node:module";
import { openOffice } from "../support/office.ts";
import { reportsOf } from "./reports.ts";

const [dir = "", round = "0"] = process.argv.slice(2);
const office = await openOffice({
  dir,
  change: (config) => ({
    ...config,
    agents: Object.fromEntries(
      Object.entries(config.agents).map(([name, declared]) => {
        const { mandate } = declared;
        const request = `Write ${reportsOf(Number(round)).flat().join(", ")}.`;
        return [name, mandate === undefined ? declared : { ...declared, mandate: { ...mandate, request } }];
      }),
    ),
  }),
});
flushCompileCache();
process.stdout.write(`${office.running.publicUrl}\n`);
