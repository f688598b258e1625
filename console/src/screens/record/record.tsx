// SPDX-License-Identifier: Apache-2.0
// Can it be believed? One box finds any entry, an entry is shown in words first, and each is drawn to the root that was signed
// (experience X39). What this page shows it does not check: the second program does.
import type { ReactNode } from "react";
import { usePlace } from "../../shell/place.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { Found } from "./found.tsx";
import { One } from "./one.tsx";

export function RecordScreen(props: ScreenProps): ReactNode {
  const { query } = usePlace();
  const [log, index] = props.parts;
  if (log !== undefined && index !== undefined) return <One key={index} {...props} index={index} />;
  const cursor = query.get("before") ?? "";
  const word = query.get("q") ?? "";
  return <Found key={word} {...props} word={word} cursor={/^[0-9]{1,15}$/.test(cursor) ? Number(cursor) : undefined} />;
}
