// SPDX-License-Identifier: Apache-2.0
import { expect } from "vitest";

/** Some text, in an expectation. */
export const ANY_TEXT: unknown = expect.any(String);
