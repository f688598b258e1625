// SPDX-License-Identifier: Apache-2.0
// National identity, tax, social-security and health numbers: one row per country and document (protect P8). A row says
// how the number is written, which check it must pass, and which words go with it. Add a country by adding a row.

export interface IdRow {
  readonly type: "national-id" | "health-id";
  readonly jurisdiction: string;
  /** The document, as people of that country call it. */
  readonly name: string;
  /** A validator of `checks.ts`. */
  readonly check: string;
  /** How it is written, without the boundaries; matched without regard to case. */
  readonly pattern: string;
  /** Comma-separated: English, the country's own languages, and the names of form fields. */
  readonly words: string;
  /** Letters and a check of 1 in 26 or better: speaks alone. All others need a word or a name beside them (P6). */
  readonly strong?: true;
  /** Letters may stand for its digits, so that it need not have six of them in a row. */
  readonly lettered?: true;
}

const D11 = "\\d{3}[ .]?\\d{3}[ .]?\\d{3}[ .\\-]?\\d{2}";

export const ID_ROWS: readonly IdRow[] = [
  {
    type: "national-id",
    jurisdiction: "FR",
    name: "NIR",
    check: "FR.nir",
    pattern: "[12][ .]?\\d{2}[ .]?\\d{2}[ .]?(?:\\d{2}|2[AB])[ .]?\\d{3}[ .]?\\d{3}[ .\\-]?\\d{2}",
    words:
      "nir, insee, securite sociale, numero de securite sociale, secu, carte vitale, social security, assure social",
    strong: true,
  },
  {
    type: "national-id",
    jurisdiction: "DE",
    name: "Steuer-ID",
    check: "DE.idnr",
    pattern: "\\d{2}[ ]?\\d{3}[ ]?\\d{3}[ ]?\\d{3}",
    words:
      "steuer id, steuerid, idnr, steuer idnr, steueridentifikationsnummer, steuerliche identifikationsnummer, " +
      "identifikationsnummer, steuernummer, tin, tax id, tax number",
  },
  {
    type: "national-id",
    jurisdiction: "ES",
    name: "DNI",
    check: "ES.dni",
    pattern: "\\d{2}\\.?\\d{3}\\.?\\d{3}[ \\-]?[A-Z]",
    words:
      "dni, nif, documento nacional, documento nacional de identidad, documento de identidad, identidad, national id",
  },
  {
    type: "national-id",
    jurisdiction: "ES",
    name: "NIE",
    check: "ES.nie",
    pattern: "[XYZ][ \\-]?\\d{7}[ \\-]?[A-Z]",
    words:
      "nie, nif, numero de identidad de extranjero, extranjero, extranjeria, residencia, foreigner id, national id",
  },
  {
    type: "national-id",
    jurisdiction: "IT",
    name: "codice fiscale",
    check: "IT.codicefiscale",
    pattern:
      "[A-Z]{3}[ ]?[A-Z]{3}[ ]?[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[ ]?[A-Z][0-9LMNPQRSTUV]{3}[ ]?[A-Z]",
    words: "codice fiscale, cod fisc, cf, tessera sanitaria, fiscal code, tax code",
    strong: true,
    lettered: true,
  },
  {
    type: "national-id",
    jurisdiction: "NL",
    name: "BSN",
    check: "NL.bsn",
    pattern: "\\d{4}[ .]?\\d{2}[ .]?\\d{3}|\\d{3}[ .]?\\d{3}[ .]?\\d{3}",
    words: "bsn, burgerservicenummer, sofinummer, sofi nummer, persoonsnummer, citizen service number",
  },
  {
    type: "national-id",
    jurisdiction: "PL",
    name: "PESEL",
    check: "PL.pesel",
    pattern: "\\d{11}|\\d{6}[ \\-]?\\d{5}",
    words: "pesel, numer pesel, nr pesel, numer ewidencyjny, dowod, national id",
  },
  {
    type: "national-id",
    jurisdiction: "BE",
    name: "NISS",
    check: "BE.insz",
    pattern: "\\d{2}[ .]?\\d{2}[ .]?\\d{2}[ \\-]?\\d{3}[ .\\-]?\\d{2}",
    words:
      "rijksregisternummer, rijksregister, insz, niss, registre national, numero national, numero de registre national, " +
      "nationalregisternummer, nationaal nummer, national number, national register",
  },
  {
    type: "national-id",
    jurisdiction: "PT",
    name: "cartão de cidadão",
    check: "PT.cc",
    pattern: "\\d{8}[ \\-]?\\d[ \\-]?[A-Z0-9]{2}\\d",
    words:
      "cartao de cidadao, cartao do cidadao, cc, citizen card, numero de identificacao civil, bilhete de identidade",
  },
  {
    type: "national-id",
    jurisdiction: "PT",
    name: "NIF",
    check: "PT.nif",
    pattern: "[1235689]\\d{2}[ .]?\\d{3}[ .]?\\d{3}",
    words: "nif, contribuinte, numero de contribuinte, numero de identificacao fiscal, tax number, tax id",
  },
  {
    type: "national-id",
    jurisdiction: "GB",
    name: "NINO",
    check: "GB.nino",
    pattern: "[A-Z]{2}[ \\-]?\\d{2}[ \\-]?\\d{2}[ \\-]?\\d{2}[ \\-]?[A-D]",
    words: "nino, ni number, ni no, national insurance, national insurance number, insurance number",
  },
  {
    type: "health-id",
    jurisdiction: "GB",
    name: "NHS number",
    check: "GB.nhs",
    pattern: "\\d{3}[ \\-]?\\d{3}[ \\-]?\\d{4}",
    words: "nhs, nhs number, nhs no, patient, patient number, health service number",
  },
  {
    type: "national-id",
    jurisdiction: "US",
    name: "SSN",
    check: "US.ssn",
    pattern: "\\d{3}[ \\-]?\\d{2}[ \\-]?\\d{4}",
    words: "ssn, social security, social security number, social, soc sec, taxpayer, tin, itin",
  },
  {
    type: "national-id",
    jurisdiction: "CH",
    name: "AHV",
    check: "CH.ssn",
    pattern: "756[ .]?\\d{4}[ .]?\\d{4}[ .]?\\d{2}",
    words: "ahv, avs, ahvn13, navs13, ahv nummer, numero avs, numero ahv, sozialversicherungsnummer, assurance sociale",
    strong: true,
  },
  {
    type: "national-id",
    jurisdiction: "BR",
    name: "CPF",
    check: "BR.cpf",
    pattern: D11,
    words: "cpf, cadastro de pessoas fisicas, cadastro de pessoa fisica, contribuinte, tax id",
  },
  {
    type: "national-id",
    jurisdiction: "IN",
    name: "Aadhaar",
    check: "IN.aadhaar",
    pattern: "[2-9]\\d{3}[ \\-]?\\d{4}[ \\-]?\\d{4}",
    words: "aadhaar, aadhar, adhaar, uidai, uid, आधार, unique identification",
  },
  {
    type: "national-id",
    jurisdiction: "JP",
    name: "My Number",
    check: "JP.mynumber",
    pattern: "\\d{4}[ \\-]?\\d{4}[ \\-]?\\d{4}",
    words: "my number, mynumber, individual number, マイナンバー, 個人番号",
  },
  {
    type: "national-id",
    jurisdiction: "SG",
    name: "NRIC",
    check: "SG.nric",
    pattern: "[STFGM]\\d{7}[A-Z]",
    words: "nric, fin, identity card, ic number, ic no, national registration, singapore id",
  },
];
