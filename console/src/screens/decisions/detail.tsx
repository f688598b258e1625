// SPDX-License-Identifier: Apache-2.0
// One decision: who asked for what, the answer and the rules behind it, what was known, what came of it, and its proof.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { DecisionView } from "../../../../src/sdk/index.ts";
import { AnswerMark } from "../../parts/answer-mark.tsx";
import { CopyMenu } from "../../parts/copy-menu.tsx";
import { Foreign } from "../../parts/foreign.tsx";
import { shortScope } from "../../parts/names.ts";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { wholeTime } from "../../parts/time.ts";
import { Heading } from "../../shell/heading.tsx";
import { KEYS } from "../../shell/keys.ts";
import { Link } from "../../shell/link.tsx";
import { usePreferences } from "../../shell/preferences.ts";
import { Proof } from "../../shell/proof.tsx";
import type { ScreenProps } from "../../shell/screen.ts";
import { en } from "../../text/en.ts";
import { Conditions } from "./conditions.tsx";
import { Knowledge } from "./knowledge.tsx";
import { Outcome } from "./outcome.tsx";
import { Rules } from "./rules.tsx";
import { detailHref, listHref, type View } from "./view.ts";

interface DetailProps extends ScreenProps {
  /** Of its entry: id, index or reference. */
  readonly id: string;
  /** The list that one came from. */
  readonly view: View;
}

export function Detail({ client, id, view }: DetailProps): ReactNode {
  const text = en.decision;
  const query = useQuery({ queryKey: [...KEYS.decision, id], queryFn: () => client.decision(id) });
  const { data } = query;
  return (
    <>
      <p className="back">
        <Link to={listHref(view)} data-key="back">
          {text.back}
        </Link>
      </p>
      <Heading title={data?.reference ?? en.decisions.title}>
        {data === undefined ? en.decisions.title : <Sentence decision={data} />}
      </Heading>
      <Loaded query={query}>
        {(decision) => (
          <>
            <Summary decision={decision} view={view} />
            <Rules decision={decision} />
            <Conditions client={client} decision={decision} />
            <Knowledge decision={decision} />
            <Outcome decision={decision} />
            <Proof client={client} index={decision.index} />
            <Panel title={text.entry} note={text.entryNote}>
              <details>
                <summary>{text.showEntry}</summary>
                <pre className="entry">
                  <Foreign text={JSON.stringify(decision.entry, null, 2)} block />
                </pre>
              </details>
            </Panel>
          </>
        )}
      </Loaded>
    </>
  );
}

function Sentence({ decision }: { readonly decision: DecisionView }): ReactNode {
  const text = en.decision;
  const { who, verb, resource, shown, would } = decision;
  return (
    <>
      <AnswerMark answer={shown} would={would} />{" "}
      <span className="asked">
        <Foreign text={who === undefined ? en.latest.nobody : shortScope(who)} /> {text.asked(verb)}{" "}
        <Foreign text={resource} />
      </span>
    </>
  );
}

function Summary({ decision, view }: { readonly decision: DecisionView; readonly view: View }): ReactNode {
  const text = en.decision;
  const { zone } = usePreferences();
  const { id, reference, at, mode, ended, facts, same } = decision;
  const behalf = facts.asker?.onBehalfOf ?? facts.asker?.sponsor;
  const link = new URL(detailHref(id, { answers: view.answers }), globalThis.location.origin).href;
  return (
    <>
      {mode === "enforce" ? null : (
        <p className="banner within">
          <strong>{en.decisions.observing}</strong> {text.observed}
        </p>
      )}
      <p className="note summary">
        <time dateTime={at}>{wholeTime(Date.parse(at), zone)}</time>
        {ended === undefined ? null : <> · {en.containments.ms(ended.ms)}</>}
        {behalf === undefined ? null : (
          <>
            {" "}
            · {text.behalf} <Foreign text={shortScope(behalf)} />
          </>
        )}{" "}
        · <code className="reference">{reference}</code>
      </p>
      <CopyMenu
        items={[
          [text.copyLink, link],
          [text.copyId, id],
          [text.copyJson, JSON.stringify(decision.entry)],
          [text.copyCommand, `npx bailiwick policy explain ${reference}`],
        ]}
      />
      {same.length === 0 ? null : (
        <p className="note">
          {text.same(same.length)}{" "}
          {same.map((other) => (
            <Link key={other} to={detailHref(other, view)}>
              <code>{other}</code>
            </Link>
          ))}
        </p>
      )}
    </>
  );
}
