// SPDX-License-Identifier: Apache-2.0
// One of each identifier that may not be seen, of nobody.

/** Valid numbers of nobody, each after a word that goes with it. */
export const PERSONAL: Readonly<Record<string, string>> = {
  "e-mail": "anna.example@mail.example.org",
  card: "4111 1111 1111 1111",
  iban: "FR76 3000 6000 0112 3456 7890 189",
  phone: "+33 6 12 34 56 78",
  nir: "2 95 10 99 126 111 93",
  "steuer id": "36 574 261 809",
  dni: "54362315-K",
  nie: "X-2482300-W",
  "codice fiscale": "RCCMNL83S18D969H",
  bsn: "1112.22.333",
  pesel: "44051401359",
  niss: "85.07.30-033.28",
  "cartao de cidadao": "00000000 0 ZZ4",
  contribuinte: "501 964 843",
  nino: "HH 01 02 03 D",
  "nhs number": "943 476 5919",
  ssn: "536-90-4399",
  ahv: "756.9217.0769.85",
  cpf: "390.533.447-05",
  aadhaar: "2341 2341 2346",
  "my number": "1234 5678 9018",
  nric: "S1234567D",
};

const bare = (text: string): string => text.replaceAll(/[ .-]/g, "");

/** Which of these values stand in a text, with or without their separators. */
export function leaked(values: readonly string[], text: string): readonly string[] {
  const flat = bare(text);
  return values.filter((value) => text.includes(value) || flat.includes(bare(value)));
}
