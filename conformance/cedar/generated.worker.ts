// SPDX-License-Identifier: Apache-2.0
// One thread's share of the random decisions.
import { parentPort, workerData } from "node:worker_threads";
import { compareShare, type Share } from "./generated.ts";

parentPort?.postMessage(await compareShare(workerData as Share)); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread, not a window
