// SPDX-License-Identifier: Apache-2.0
// The form of a mandate: what a person lets somebody else do in their name.
import { type ReactNode, useId } from "react";
import type { MandateWish } from "../../../../src/sdk/index.ts";
import { PAIR_LEVELS, PAIR_VERBS, pair } from "../../text/en-pair.ts";

/** As it stands in the fields. */
export interface WishText {
  readonly request: string;
  readonly verbs: readonly string[];
  /** With commas between. */
  readonly locations: string;
  readonly labelMax: string;
  readonly jurisdictions: string;
  readonly purpose: string;
  readonly hours: string;
}

interface FieldsProps {
  readonly wish: WishText;
  readonly change: (wish: WishText) => void;
}

export function readWish({ locations, jurisdictions, hours, ...rest }: WishText): MandateWish {
  return {
    ...rest,
    locations: listOf(locations),
    jurisdictions: listOf(jurisdictions).map((place) => place.toUpperCase()),
    hours: Number(hours),
  };
}

function listOf(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

export function MandateFields({ wish, change }: FieldsProps): ReactNode {
  const ids = { request: useId(), note: useId(), label: useId() };
  const toggle = (verb: string, isOn: boolean): void =>
    change({ ...wish, verbs: isOn ? [...wish.verbs, verb] : wish.verbs.filter((one) => one !== verb) });
  return (
    <div className="mandate-fields">
      <label htmlFor={ids.request}>{pair.request}</label>
      <textarea
        id={ids.request}
        value={wish.request}
        onChange={(event) => change({ ...wish, request: event.target.value })}
        aria-describedby={ids.note}
        maxLength={4000}
        rows={3}
        required
      />
      <p id={ids.note} className="note">
        {pair.requestNote}
      </p>
      <fieldset>
        <legend>{pair.verbs}</legend>
        {PAIR_VERBS.map(([verb, means]) => (
          <label key={verb} className="choice">
            <input
              type="checkbox"
              checked={wish.verbs.includes(verb)}
              onChange={(event) => toggle(verb, event.target.checked)}
            />
            <span>
              {verb}: {means}
            </span>
          </label>
        ))}
      </fieldset>
      <Field
        name={pair.locations}
        note={pair.separated}
        value={wish.locations}
        change={(locations) => change({ ...wish, locations })}
      />
      <label htmlFor={ids.label}>{pair.label}</label>
      <select
        id={ids.label}
        value={wish.labelMax}
        onChange={(event) => change({ ...wish, labelMax: event.target.value })}
      >
        {PAIR_LEVELS.map((level) => (
          <option key={level}>{level}</option>
        ))}
      </select>
      <Field
        name={pair.jurisdictions}
        note={pair.separated}
        value={wish.jurisdictions}
        change={(jurisdictions) => change({ ...wish, jurisdictions })}
      />
      <Field name={pair.purpose} value={wish.purpose} change={(purpose) => change({ ...wish, purpose })} />
      <Field name={pair.hours} value={wish.hours} type="number" change={(hours) => change({ ...wish, hours })} />
    </div>
  );
}

interface FieldProps {
  readonly name: string;
  readonly note?: string;
  readonly value: string;
  readonly type?: "text" | "number";
  readonly change: (value: string) => void;
}

function Field({ name, note, value, type = "text", change }: FieldProps): ReactNode {
  const id = useId();
  const hours = type === "number" ? { min: 0.5, max: 720, step: 0.5 } : {};
  return (
    <>
      <label htmlFor={id}>
        {name} {note === undefined ? null : <span className="note">({note})</span>}
      </label>
      <input id={id} type={type} value={value} onChange={(event) => change(event.target.value)} required {...hours} />
    </>
  );
}
