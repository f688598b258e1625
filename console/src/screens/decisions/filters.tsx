// SPDX-License-Identifier: Apache-2.0
// What narrows the list. Each choice is at once in the address; the newest one takes the place of the one before it, so that
// going back leaves the screen and does not replay every choice.
import { type ReactNode, useId, useRef } from "react";
import { AnswerMark } from "../../parts/answer-mark.tsx";
import { go } from "../../shell/place.ts";
import { en } from "../../text/en.ts";
import { ANSWERS, listHref, narrowings, toggled, VERBS, type View, type Word } from "./view.ts";

interface FiltersProps {
  readonly view: View;
  /** Gates of this server. */
  readonly servers: readonly string[];
  /** UNIT: epoch ms by the server's clock. */
  readonly now: number;
}

/** UNIT: min. */
const SPANS = [15, 60, 24 * 60] as const;

function show(next: View): void {
  go(listHref(next), "replace");
}

export function Filters({ view, servers, now }: FiltersProps): ReactNode {
  const text = en.decisions;
  const narrowed = narrowings(view);
  return (
    <div className="filters" role="search" aria-label={text.filters}>
      <fieldset className="answers">
        <legend className="unseen-text">{en.latest.answer}</legend>
        <button
          type="button"
          data-key="filter"
          aria-pressed={view.answers === undefined}
          onClick={() => show({ ...view, answers: undefined })}
        >
          {text.every}
        </button>
        {ANSWERS.map((answer) => (
          <button
            key={answer}
            type="button"
            aria-pressed={view.answers?.includes(answer) === true}
            onClick={() => show(toggled(view, answer))}
          >
            <AnswerMark answer={answer} />
          </button>
        ))}
      </fieldset>
      <div className="words">
        <TextWord name="who" view={view} />
        <ChoiceWord name="verb" view={view} options={VERBS} />
        <ChoiceWord name="server" view={view} options={servers} />
        <TextWord name="label" view={view} />
        <TextWord name="policy" view={view} />
        <Since view={view} now={now} />
        {narrowed.length === 0 ? null : (
          <button type="button" className="quiet" onClick={() => show({ answers: view.answers })}>
            {text.clear}
          </button>
        )}
      </div>
    </div>
  );
}

interface WordProps {
  readonly name: Word;
  readonly view: View;
}

/** The view with one word changed; an empty one is taken out. */
function withWord(view: View, name: Word | "after", text: string): View {
  const { [name]: _before, ...rest } = view;
  return text === "" ? rest : { ...rest, [name]: text };
}

/** A word that is typed: it counts once Enter is pressed or the field is left. */
function TextWord({ name, view }: WordProps): ReactNode {
  const id = useId();
  const ref = useRef<HTMLInputElement>(null);
  const current = view[name] ?? "";
  const commit = (): void => {
    const typed = ref.current?.value.trim() ?? "";
    if (typed !== current) show(withWord(view, name, typed));
  };
  return (
    <form
      className="word"
      onSubmit={(event) => {
        event.preventDefault();
        commit();
      }}
    >
      <label htmlFor={id}>{en.decisions.words[name]}</label>
      <input
        key={current}
        ref={ref}
        id={id}
        defaultValue={current}
        onBlur={commit}
        autoComplete="off"
        spellCheck={false}
        maxLength={2048}
      />
    </form>
  );
}

function ChoiceWord({ name, view, options }: WordProps & { readonly options: readonly string[] }): ReactNode {
  const id = useId();
  const current = view[name] ?? "";
  const all = current === "" || options.includes(current) ? options : [...options, current];
  return (
    <div className="word">
      <label htmlFor={id}>{en.decisions.words[name]}</label>
      <select id={id} value={current} onChange={(event) => show(withWord(view, name, event.target.value))}>
        <option value="">{en.decisions.any}</option>
        {all.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </div>
  );
}

/** From when on. What is chosen is an instant, so that the address means the same tomorrow. */
function Since({ view, now }: Omit<WordProps, "name"> & { readonly now: number }): ReactNode {
  const id = useId();
  const { after = "" } = view;
  return (
    <div className="word">
      <label htmlFor={id}>{en.decisions.since}</label>
      <select
        id={id}
        value={after}
        onChange={({ target: { value } }) => {
          const minutes = SPANS.find((span) => String(span) === value);
          const from = minutes === undefined ? value : new Date(now - minutes * 60_000).toISOString();
          show(withWord(view, "after", from));
        }}
      >
        <option value="">{en.decisions.ever}</option>
        {after === "" ? null : <option value={after}>{after.slice(0, 19).replace("T", " ")} UTC</option>}
        {SPANS.map((minutes) => (
          <option key={minutes} value={minutes}>
            {en.decisions.lastMinutes(minutes)}
          </option>
        ))}
      </select>
    </div>
  );
}
