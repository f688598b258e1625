// SPDX-License-Identifier: Apache-2.0
// What was asked, what was answered, and why: the list, or one of it.
import { type ReactNode, useMemo } from "react";
import { usePlace } from "../../shell/place.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import "./decisions.css";
import { Detail } from "./detail.tsx";
import { List } from "./list.tsx";
import { readView } from "./view.ts";

export function Decisions(props: ScreenProps): ReactNode {
  const { query } = usePlace();
  const view = useMemo(() => readView(query), [query]);
  const [id] = props.parts;
  if (id !== undefined) return <Detail key={id} {...props} id={id} view={view} />;
  return <List {...props} view={view} />;
}
