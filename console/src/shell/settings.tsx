// SPDX-License-Identifier: Apache-2.0
// Theme, zone and single keys of this browser; and the way out.
import type { ReactNode } from "react";
import type { Client } from "../../../src/sdk/index.ts";
import { Modal } from "../parts/modal.tsx";
import { en } from "../text/en.ts";
import { Link } from "./link.tsx";
import { setPreferences, usePreferences } from "./preferences.ts";

interface SettingsProps {
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly client: Client;
}

export function Settings({ isOpen, close, client }: SettingsProps): ReactNode {
  const { theme, zone, keys } = usePreferences();
  const text = en.settings;
  return (
    <Modal isOpen={isOpen} close={close} title={text.title}>
      <Choice
        legend={text.theme}
        name="theme"
        value={theme}
        options={text.themes}
        choose={(chosen) => setPreferences({ theme: chosen })}
      />
      <Choice
        legend={text.zone}
        name="zone"
        value={zone}
        options={text.zones}
        choose={(chosen) => setPreferences({ zone: chosen })}
      />
      <fieldset>
        <legend>{text.keys}</legend>
        <label className="choice">
          <input type="checkbox" checked={keys} onChange={(event) => setPreferences({ keys: event.target.checked })} />
          {text.keysOn}
        </label>
        <dl className="keys">
          {text.keyList.map(([key, does]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </fieldset>
      <div className="actions">
        <button type="button" onClick={() => void client.signOut().finally(() => globalThis.location.reload())}>
          {text.signOut}
        </button>
        <Link to="/people" onClickCapture={close}>
          {text.people}
        </Link>
        <span className="spring" />
        <button type="button" className="primary" onClick={close}>
          {text.close}
        </button>
      </div>
    </Modal>
  );
}

interface ChoiceProps<T extends string> {
  readonly legend: string;
  readonly name: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly choose: (value: T) => void;
}

function Choice<T extends string>({ legend, name, value, options, choose }: ChoiceProps<T>): ReactNode {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {options.map(([one, label]) => (
        <label key={one} className="choice">
          <input type="radio" name={name} checked={one === value} onChange={() => choose(one)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
