// SPDX-License-Identifier: Apache-2.0
// Who is here, who answers for them, what could they reach: the list, or one of it.
import type { ReactNode } from "react";
import type { ScreenProps } from "../../shell/screen.ts";
import "./identities.css";
import { List } from "./list.tsx";
import { One } from "./one.tsx";

export function Identities(props: ScreenProps): ReactNode {
  const [id] = props.parts;
  return id === undefined ? <List {...props} /> : <One key={id} {...props} id={id} />;
}
