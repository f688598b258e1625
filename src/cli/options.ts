// SPDX-License-Identifier: Apache-2.0
// Options that several commands have, and what they take where they take no words.
import type { Command, Option } from "./command.ts";

export const JSON_OUT: Option = { name: "json", summary: "JSON: one document, or one object a line" };
export const PLAIN: Option = { name: "plain", summary: "tab-separated, whole, without colour" };
export const DATA: Option = { name: "data", value: "DIR", summary: "data folder of the server (./data)" };

export const YES: Option = { name: "yes", summary: "agree without being asked; needed where nobody is at a terminal" };
export const NO_INPUT: Option = { name: "no-input", summary: "never ask" };

export const NOTHING: Command["takes"] = { words: "", min: 0, max: 0 };
