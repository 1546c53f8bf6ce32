"""Families after forms that buyers publish, written when the reader stood and unlike all others."""

from random import Random

from .canvas import Canvas, Formula, Slot
from .parts import (
    ANSWER,
    CHOICE,
    COMMENT,
    EVIDENCE,
    MARK,
    OWNERSHIP,
    Column,
    Item,
    id_column,
    items_of,
    once,
    put_groups,
    put_headers,
    put_question,
    put_table,
    question_column,
    slot_column,
    title_row,
)
from .words import Words

_ANSWER, _COMMENT, _EVIDENCE = (Slot(purposes=purpose) for purpose in (ANSWER, COMMENT, EVIDENCE))


def _said(words: Words, **texts: str) -> list[str]:
    """Texts in the layout's language, split at bars."""
    return [text.strip() for text in texts[words.language].split("|")]


def _choice(options: str, *, default: str | None = None, is_listed: bool = True) -> Slot:
    return Slot(purposes=CHOICE, options=tuple(options.split("|")), has_list=is_listed, default=default)


def risk_library(words: Words, rng: Random) -> list[Canvas]:
    """Lettered risk domains over dotted numbers, a share of answers computed on top, mappings behind."""
    sheets: list[Canvas] = []
    for letter, title in zip("AFP", ("Enterprise Risk", "Asset Handling", "Privacy"), strict=True):
        sheet = Canvas(name=f"{letter}. {title}")
        sheet.put(1, 1, f"{letter}. {title}", "title")
        sheet.put(1, 3, Formula(text="=COUNTA(C4:C20)/12", cached=0))
        head = ["Ques Num", "Question/Request", "Response", "Additional Information", "SCA Reference",
                "ISO 27002:2022 Relevance", "Master"]  # fmt: skip
        sheet.row(3, head, style="head")
        row = 4
        for number in range(1, rng.randint(4, 5)):
            for part, kind in (("", "yes_no"), (".1", "yes_no"), (".2", "items"))[: rng.randint(1, 3)]:
                text = words.draw(kind, 1)[0]
                sheet.row(row, [f"{letter}.{number}{part}", text])
                sheet.row(row, [f"{letter}.{number}", f"{rng.randint(5, 8)}.{number}", row * 7], left=5)
                sheet.ask(row, 2, text, {3: _choice("Yes|No|N/A"), 4: _COMMENT})
                row += 1
        sheets.append(sheet)
    return sheets


def cloud_marks(words: Words, rng: Random) -> list[Canvas]:
    """A cloud questionnaire: answers to mark below a group title, then a score of mapping columns."""
    sheet = Canvas(name="CAIQ")
    columns = [
        Column(header="Control Domain",
               value=once(lambda item: f"{item.section}\n{words.draw('areas', 1)[0]}")),
        Column(header="Control ID", value=once(lambda item: f"AIS-{item.number:02d}")),
        id_column("Question ID"),
        Column(header="Control Specification", value=once(lambda item: words.draw("musts", 1)[0])),
        question_column("Consensus Assessment Questions"),
        *[slot_column(o, Slot(purposes=MARK, options=(o,)), group="Consensus Assessment Answers")
          for o in ("Yes", "No", "Not Applicable")],
        slot_column("Notes", _COMMENT),
        *[Column(header=f"{name} {part}", group=name, value=lambda item: f"{rng.randint(1, 9)}.{item.number}")
          for name in ("AICPA TSC", "BITS Shared Assessments", "CCM", "Mexico Law", "ODCA UM", "PCI DSS")
          for part in ("v1", "v2", "v3")],
    ]  # fmt: skip
    sheet.put(1, 1, "CONSENSUS ASSESSMENTS INITIATIVE QUESTIONNAIRE v3.1", "title")
    put_groups(sheet, 2, columns)
    put_headers(sheet, 3, columns)
    items = items_of(words, ["yes_no"], sections=4, each=rng.randint(2, 4), id_form="AIS-{s:02d}.{n}")
    put_table(sheet, 4, columns, items)
    return [sheet]


def id_in_text(words: Words, rng: Random) -> list[Canvas]:
    """The id opens the question's own cell; the group's name stands above, the answer two columns on."""
    sheet = Canvas(name=words.sheet("main"))
    head = _said(
        words,
        en="Consensus Assessment Questions||Provider's Response|Remarks",
        it="Domande di valutazione||Riscontro del fornitore|Note",
        fr="Points à examiner||Position du prestataire|Remarques",
    )
    sheet.row(2, [text or None for text in head], style="head")
    row = 3
    items = items_of(words, ["yes_no", "open"], sections=3, each=rng.randint(4, 6), id_form="CO-{s:02d}.{n}")
    for item in items:
        if item.first_of_section:
            sheet.put(row, 1, f"{item.section} (CO-{item.number:02d})", "section")
            row += 1
        sheet.put(row, 1, f"{item.id} - {item.text}")
        sheet.ask(row, 1, item.text, {3: _ANSWER, 4: _COMMENT}, section=item.section)
        row += 1
    return [sheet]


def answer_below(words: Words, rng: Random) -> list[Canvas]:
    """Each answer goes into the row below its question, merged over the sheet and bordered."""
    sheet = Canvas(name=words.sheet("main"))
    sheet.put(1, 1, words.text("title"), "title")
    row = 3
    for item in items_of(words, ["open", "yes_no"], sections=2, each=rng.randint(4, 6), id_form="{s}.{n}"):
        if item.first_of_section:
            sheet.put(row, 1, item.section, "section")
            sheet.merge(row, 1, row, 6)
            row += 1
        sheet.row(row, [item.id, item.text])
        sheet.merge(row, 2, row, 6)
        sheet.put(row + 1, 2, None, "yellow")
        sheet.merge(row + 1, 2, row + 1, 6)
        shared = [sheet.slot_at(row + 1, 2, _ANSWER)]
        sheet.ask(row, 2, item.text, {}, section=item.section, shared=shared)
        row += 2
    return [sheet]


def objectives(words: Words, rng: Random) -> list[Canvas]:
    """A self-assessment: below each practice, the objectives [a], [b], … each with its finding."""
    sheet = Canvas(name="Self-Assessment")
    sheet.put(1, 1, "Security Requirement Self-Assessment Workbook", "title")
    head = ["Requirement", "Assessment Objective", "Statement", "Finding", "Assessor's Objective Evidence",
            "How the objective is met"]  # fmt: skip
    if rng.random() < 0.5:
        head[4] = "Artifacts"
    sheet.row(3, head, style="head")
    row = 4
    for number in range(1, rng.randint(5, 7)):
        must = words.draw("musts", 1)[0]
        sheet.row(row, [f"3.1.{number}", None, must], style="section")
        sheet.put(row, 4, Formula(text=f'=IF(COUNTIF(D{row + 1}:D{row + 3},"MET")=3,"MET","")', cached=""))
        row += 1
        for letter, text in zip("abcd", words.draw("items", rng.randint(2, 4)), strict=False):
            sheet.row(row, [None, f"3.1.{number}[{letter}]", text])
            slots = {4: _choice("MET|NOT MET|NOT APPLICABLE"), 6: Slot(purposes=COMMENT | ANSWER)}
            sheet.ask(row, 3, text, slots | ({5: _EVIDENCE} if head[4] == "Artifacts" else {}))
            row += 1
    return [sheet]


def card_saq(words: Words, rng: Random) -> list[Canvas]:
    """Five responses to mark, the expected testing beside the requirement, notes merged over the table."""
    sheet = Canvas(name="SAQ D")
    marks = ("In Place", "In Place with CCW", "Not Applicable", "Not Tested", "Not in Place")
    columns = [
        Column(value=lambda item: item.id, header="PCI DSS Requirement"),
        question_column(""),
        Column(header="Expected Testing", value=lambda item: "• Examine records.\n• Interview staff."),
        *[slot_column(o, Slot(purposes=MARK, options=(o,)), group="Response") for o in marks],
    ]  # fmt: skip
    sheet.put(1, 1, "Build and Maintain a Secure Network and Systems", "title")
    sheet.put(2, 1, "♦ Refer to the “Requirement Responses” section for information about these options.")
    put_groups(sheet, 4, columns)
    put_headers(sheet, 5, columns)
    sheet.merge(5, 1, 5, 2)
    items = items_of(words, ["musts"], sections=3, each=rng.randint(3, 5), id_form="{s}.{n}.1")
    put_table(sheet, 6, columns, items, title=title_row(1, width=8))
    return [sheet]


def car_maker(words: Words, rng: Random) -> list[Canvas]:
    """A level of maturity left of the question; behind our columns, what must and should be done."""
    sheet = Canvas(name=words.sheet("main"))
    grade, number, ask, told, ref, aim, must, should = _said(
        words,
        de="Reifegrad|Nr.|Kontrollfrage|Umsetzungsbeschreibung|Referenz-Dokumentation|Zielsetzung"
        "|Anforderungen (muss)|Anforderungen (sollte)",
        en="Maturity level|ISA|Control question|Implementation description|Reference Documentation|Objective"
        "|Requirements (must)|Requirements (should)",
        es="Nivel de madurez|N.º|Pregunta de control|Descripción de la implantación"
        "|Documentación de referencia|Objetivo|Requisitos (debe)|Requisitos (debería)",
    )
    columns = [
        slot_column(grade, _choice("0|1|2|3|4|5|na")),
        id_column(number),
        question_column(ask),
        slot_column(told, Slot(purposes=ANSWER | COMMENT)),
        slot_column(ref, _EVIDENCE),
        Column(header=aim, value=lambda item: words.draw("guidance", 1)[0]),
        Column(header=must, value=lambda item: "+ " + "\n+ ".join(words.draw("criteria", 2))),
        Column(header=should, value=lambda item: "+ " + words.draw("criteria", 1)[0]),
    ]
    sheet.put(1, 2, words.text("title"), "title")
    put_headers(sheet, 3, columns)
    items = items_of(words, ["yes_no", "open"], sections=3, each=rng.randint(3, 5), id_form="{s}.1.{n}")

    def title(canvas: Canvas, row: int, item: Item) -> int:
        canvas.row(row, [item.number, item.section], left=2, style="section")
        return row + 1

    put_table(sheet, 4, columns, items, title=title)
    return [sheet]


def applicability(words: Words, rng: Random) -> list[Canvas]:
    """A statement of applicability: whether a control applies, why, how far it is put in place."""
    sheet = Canvas(name=words.sheet("main"))
    number, name, text, applies, why, state, ref = _said(
        words,
        en="Annex A|Control|Description|Applicable|Justification for inclusion / exclusion"
        "|Implementation|Link to document",
        nl="Annex A|Beheersmaatregel|Omschrijving|Van toepassing|Reden van toepassing / uitsluiting"
        "|Implementatie|Verwijzing naar document",
        pt="Anexo A|Controlo|Descrição|Aplicável|Justificação da inclusão / exclusão"
        "|Implementação|Documento de suporte",
    )
    either = CHOICE | OWNERSHIP
    columns = [
        id_column(number),
        Column(header=name, value=lambda item: item.section),
        question_column(text),
        slot_column(applies, Slot(purposes=either, options=words.options("yes_no")[:2], has_list=True)),
        slot_column(why, _COMMENT),
        slot_column(state, Slot(purposes=either, options=words.options("compliance"), has_list=True)),
        slot_column(ref, _EVIDENCE),
    ]
    put_headers(sheet, 1, columns)
    items = items_of(words, ["musts", "items"], sections=3, each=rng.randint(4, 5), id_form="A.{s}.{n}")
    put_table(sheet, 2, columns, items)
    return [sheet]


def measures_of_processor(words: Words, rng: Random) -> list[Canvas]:
    """A data processor's measures: headings with what they aim at, then measures to tick as in place."""
    sheet = Canvas(name="TOM")
    head = _said(
        words,
        de="Maßnahme|ja|nein|geplant|Anmerkung / nähere Beschreibung",
        fr="Mesure|oui|non|prévu|Précisions",
        nl="Maatregel|ja|nee|gepland|Toelichting",
    )
    title = _said(
        words,
        de="Anlage 1 – Technische und organisatorische Maßnahmen (Art. 32 DSGVO)",
        fr="Annexe 1 – Mesures techniques et organisationnelles (art. 32 RGPD)",
        nl="Bijlage 1 – Technische en organisatorische maatregelen (art. 32 AVG)",
    )
    sheet.put(1, 1, title[0], "title")
    row = 3
    marks = {c: Slot(purposes=MARK, options=(head[c - 1],)) for c in (2, 3, 4)}
    for item in items_of(words, ["items"], sections=3, each=rng.randint(4, 6)):
        if item.first_of_section:
            row += 1
            sheet.put(row, 1, f"{item.number}. {item.section}", "section")
            sheet.put(row + 1, 1, words.draw("guidance", 1)[0])
            sheet.merge(row + 1, 1, row + 1, 5)
            sheet.row(row + 2, head, style="head")
            row += 3
        sheet.put(row, 1, item.text)
        sheet.ask(row, 1, item.text, marks | {5: _COMMENT}, section=item.section)
        row += 1
    return [sheet]


def outsourcing(words: Words, rng: Random) -> list[Canvas]:
    """A bank asks its provider: the law's article first, a traffic light and findings of its own."""
    sheet = Canvas(name=words.sheet("main"))
    law, theme, ask, reply, doc, light, find = _said(
        words,
        en="Legal basis|Subject|Due diligence question|ICT third-party provider's statement"
        "|Supporting document (name, page)|RAG (bank)|Bank's finding",
        de="Rechtsgrundlage|Themengebiet|Prüffrage|Stellungnahme des Dienstleisters"
        "|Nachweis (Dokument, Seite)|Ampel (Bank)|Feststellung der Bank",
        it="Riferimento normativo|Tema|Quesito di due diligence|Dichiarazione del fornitore TIC"
        "|Documento a supporto (nome, pagina)|Semaforo (banca)|Rilievo della banca",
    )
    columns = [
        Column(header=law, value=lambda item: f"Art. {27 + item.number} (2) DORA"),
        Column(header=theme, value=once(lambda item: item.section)),
        question_column(ask),
        slot_column(reply, _ANSWER),
        slot_column(doc, _EVIDENCE),
        Column(header=light),
        Column(header=find),
    ]
    put_headers(sheet, 2, columns)
    items = items_of(words, ["open", "yes_no"], sections=3, each=rng.randint(4, 6))
    put_table(sheet, 3, columns, items)
    for question in sheet.questions:
        row = int(question.location.rpartition("!C")[2])
        sheet.open(row, 6, Slot(purposes=CHOICE, options=("R", "A", "G"), has_list=True))
    return [sheet]


def council_tender(words: Words, rng: Random) -> list[Canvas]:
    """A council's method statements: weightings, word limits, a computed word count, moderated scores."""
    sheet = Canvas(name="Quality")
    sheet.put(1, 1, "Invitation to Tender – Schedule 4: Method Statements", "title")
    sheet.put(2, 1, "Tenderers must answer in the boxes provided. Text beyond the limit will not be read.")
    head = ["Question No.", "Question", "Weighting (%)", "Max. word count", "Tenderer's response",
            "Word count", "Evaluator score (0-5)", "Weighted score"]  # fmt: skip
    sheet.row(4, head, style="head")
    row = 5
    for n, text in enumerate(words.draw("open", rng.randint(6, 9)), 1):
        whole = f"{text} Your response should refer to {words.draw('criteria', 1)[0].lower()}."
        sheet.row(row, [f"MS{n}", whole, rng.choice((5, 10, 15)), rng.choice((250, 500, 1000))])
        count = f'=IF(LEN(TRIM(E{row}))=0,0,LEN(E{row})-LEN(SUBSTITUTE(E{row}," ",""))+1)'
        sheet.put(row, 6, Formula(text=count, cached=0))
        sheet.put(row, 8, Formula(text=f"=G{row}*C{row}/5", cached=0))
        sheet.ask(row, 2, whole, {5: _ANSWER})
        row += 1
    sheet.row(row, ["Total", None, 100])
    return [sheet]


def operator_declaration(words: Words, rng: Random) -> list[Canvas]:
    """An economic operator's own declaration: parts in two columns, each headed by what is asked for."""
    sheet = Canvas(name={"en": "ESPD", "fr": "DUME", "it": "DGUE"}[words.language])
    answer, *parts = _said(
        words,
        en="Answer:|Identification|General information|Representatives|Technical ability",
        fr="Réponse :|Identification|Informations générales|Représentants|Capacité technique",
        it="Risposta:|Dati identificativi|Informazioni generali|Rappresentanti|Capacità tecniche",
    )
    row = 1
    for number, part in enumerate(parts):
        sheet.put(row, 1, f"{chr(65 + number)}: {part.upper()}", "section")
        sheet.merge(row, 1, row, 2)
        sheet.row(row + 1, [f"{part}:", answer], style="head")
        row += 2
        kind = "labels" if number < 3 else "yes_no"
        for label in words.draw(kind, rng.randint(3, 4)):
            text = label if label.endswith(("?", ".")) else f"{label}:"
            sheet.put(row, 1, text)
            sheet.ask(row, 1, label, {2: _ANSWER}, section=part)
            row += 1
        row += 1
    return [sheet]


def coded_features(words: Words, rng: Random) -> list[Canvas]:
    """A legend of response codes above features that must, should or could be there."""
    sheet = Canvas(name=words.sheet("main"))
    ref, need, rank, code, remark, title, *codes = _said(
        words,
        en="Ref|Functional requirement|MoSCoW|Response code|Vendor comments|Response codes"
        "|Standard: available out of the box|Configuration: available by configuration"
        "|Development: needs development|Not available",
        de="Lfd. Nr.|Funktionale Anforderung|Priorität|Antwortcode|Bemerkungen des Bieters|Antwortcodes"
        "|Standard: im Standard enthalten|Konfiguration: durch Konfiguration möglich"
        "|Entwicklung: erfordert Programmierung|Nicht verfügbar",
        nl="Nr|Functionele eis|MoSCoW|Antwoordcode|Opmerkingen inschrijver|Antwoordcodes"
        "|Standaard: standaard aanwezig|Configuratie: mogelijk via configuratie"
        "|Ontwikkeling: maatwerk nodig|Niet beschikbaar",
    )
    sheet.put(1, 1, title, "title")
    for row, text in enumerate(codes, 2):
        sheet.row(row, [text[0], text])
    columns = [
        id_column(ref),
        question_column(need),
        Column(header=rank, value=lambda item: rng.choice(("Must", "Should", "Could"))),
        slot_column(code, Slot(purposes=CHOICE | ANSWER)),
        slot_column(remark, _COMMENT),
    ]
    put_headers(sheet, 7, columns)
    items = items_of(words, ["musts", "items"], sections=3, each=rng.randint(4, 6), id_form="F{s}.{n:02d}")
    put_table(sheet, 8, columns, items, title=title_row(2))
    return [sheet]


def yearly_figures(words: Words, rng: Random) -> list[Canvas]:
    """Figures of sustainability: a unit, and a number to give for each of three years."""
    sheet = Canvas(name="ESG")
    kpi, unit, note, *names = _said(
        words,
        en="Indicator|Unit|Comments|Total energy consumption|Scope 1 emissions|Scope 2 emissions"
        "|Water withdrawal|Share of women in management|Accidents at work with lost time|Hours of training"
        "|Waste sent to landfill",
        fr="Indicateur|Unité|Commentaires|Consommation totale d'énergie|Émissions du scope 1"
        "|Émissions du scope 2|Prélèvements d'eau|Part des femmes dans l'encadrement"
        "|Accidents du travail avec arrêt|Heures de formation|Déchets mis en décharge",
        de="Kennzahl|Einheit|Anmerkungen|Gesamter Energieverbrauch|Emissionen Scope 1|Emissionen Scope 2"
        "|Wasserentnahme|Anteil der Frauen in Führungspositionen|Arbeitsunfälle mit Ausfallzeit"
        "|Schulungsstunden|Deponierte Abfälle",
    )
    sheet.row(3, [None, kpi, unit, 2023, 2024, 2025, note], style="head")
    sheet.put(1, 1, words.text("title"), "title")
    units = ("MWh", "t CO2e", "t CO2e", "m³", "%", "n", "h", "t")
    for row, (name, measure) in enumerate(zip(names, units, strict=True), 4):
        sheet.row(row, [f"E{row - 3}", name, measure])
        sheet.ask(
            row,
            2,
            name,
            dict.fromkeys((4, 5, 6), Slot(purposes=ANSWER | OWNERSHIP))
            | {7: Slot(purposes=COMMENT | ANSWER)},
        )
    return [sheet]


def side_by_side(words: Words, rng: Random) -> list[Canvas]:
    """Two tables beside each other, with the same columns and a gap between them."""
    sheet = Canvas(name=words.sheet("main"))
    head = [words.header(name) for name in ("id", "question", "answer")]
    for left, letter, title in zip((1, 5), "AB", words.draw("sections", 2), strict=True):
        sheet.put(1, left, title, "title")
        sheet.row(2, head, left=left, style="head")
        for row, text in enumerate(words.draw("yes_no", rng.randint(7, 9)), 3):
            sheet.row(row, [f"{letter}{row - 2}", text], left=left)
            sheet.ask(row, left + 1, text, {left + 2: _ANSWER})
    return [sheet]


def points_to_win(words: Words, rng: Random) -> list[Canvas]:
    """A domain merged down many rows, points to win, our reply, and points that the buyer gives."""
    sheet = Canvas(name=words.sheet("main"))
    area, ask, most, reply, got = _said(
        words,
        en="Domain|Award criterion|Max points|Tenderer's proposal|Points given",
        de="Bereich|Zuschlagskriterium|Max. Punkte|Darstellung durch den Bieter|Erreichte Punkte",
        fr="Domaine|Sous-critère|Points max.|Proposition du candidat|Points obtenus",
    )
    columns = [
        Column(header=area, value=once(lambda item: item.section)),
        question_column(ask),
        Column(header=most, value=lambda item: rng.choice((2, 5, 10))),
        slot_column(reply, _ANSWER),
        Column(header=got),
    ]
    put_headers(sheet, 2, columns)
    each = rng.randint(4, 6)
    items = items_of(words, ["open", "musts"], sections=3, each=each)
    last = put_table(sheet, 3, columns, items)
    for top in range(3, last, each):
        sheet.merge(top, 1, top + each - 1, 1)
    return [sheet]


def page_of_offer(words: Words, rng: Random) -> list[Canvas]:
    """A grid of a public tender: whether a minimum is met, and on which page of the offer."""
    sheet = Canvas(name=words.sheet("main"))
    lot, need, kind, meets, page, notes, title = _said(
        words,
        es="Apdo.|Prescripción técnica|Mínimo (M) / Valorable (V)|¿Cumple? (SÍ/NO)"
        "|Página de la oferta|Aclaraciones del licitador|ANEXO III: CUADRO DE CUMPLIMIENTO",
        pt="Cláusula|Especificação técnica|Mínimo (M) / Valorizável (V)|Cumpre? (SIM/NÃO)"
        "|Página da proposta|Esclarecimentos do concorrente|ANEXO III: GRELHA DE CONFORMIDADE",
        fr="Art.|Spécification du CCTP|Exigé (E) / Souhaité (S)|Conforme ? (OUI/NON)"
        "|Page du mémoire technique|Précisions du candidat|ANNEXE III : CADRE DE RÉPONSE TECHNIQUE",
    )
    options = tuple(meets.partition("(")[2].rstrip(")").split("/"))
    columns = [
        id_column(lot),
        question_column(need),
        Column(header=kind, value=lambda item: rng.choice("MV")),
        slot_column(meets, Slot(purposes=CHOICE, options=options)),
        slot_column(page, Slot(purposes=EVIDENCE | COMMENT)),
        slot_column(notes, _COMMENT),
    ]
    sheet.put(1, 1, title, "title")
    sheet.merge(1, 1, 1, 6)
    put_headers(sheet, 3, columns)
    items = items_of(words, ["musts"], sections=3, each=rng.randint(4, 6), id_form="{s}.{n}")
    put_table(sheet, 4, columns, items, title=title_row(1, width=6))
    return [sheet]


def government_baseline(words: Words, rng: Random) -> list[Canvas]:
    """A government's baseline: a control row in words, its measures below, a level, and our statement."""
    sheet = Canvas(name="BIO")
    number, text, level, meets, told, proof = _said(
        words,
        nl="BIO-nummer|Beheersmaatregel / overheidsmaatregel|BBN|Voldoet (ja/deels/nee)"
        "|Toelichting opdrachtnemer|Bewijsstukken",
        de="Baustein-ID|Anforderung / Teilanforderung|Stufe|Erfüllt (ja/teilweise/nein)"
        "|Erläuterung des Auftragnehmers|Nachweise",
        en="Control ref|Control / sub-control|Tier|Met (yes/partly/no)|Contractor explanation|Proof",
    )
    options = tuple(meets.partition("(")[2].rstrip(")").split("/"))
    sheet.row(2, [number, text, level, meets, told, proof], style="head")
    row = 3
    slots = {4: Slot(purposes=CHOICE, options=options), 5: _COMMENT, 6: _EVIDENCE}
    for item in items_of(words, ["musts"], sections=4, each=rng.randint(2, 4), id_form="{s}.1.1.{n}"):
        if item.first_of_section:
            sheet.row(row, [f"{item.number}.1.1", item.section], style="section")
            row += 1
        sheet.row(row, [item.id, item.text, rng.choice((1, 2))])
        sheet.ask(row, 2, item.text, slots, section=item.section)
        row += 1
    return [sheet]


def chosen_prompt(words: Words, rng: Random) -> list[Canvas]:
    """ "Please select" stands in each dropdown and is one of its values; some rows are answered."""
    sheet = Canvas(name=words.sheet("main"))
    prompt, *head = _said(
        words,
        en="Please select|Control|Your position|If no, why?",
        de="Bitte auswählen|Kontrolle|Ihre Einschätzung|Falls nein, warum?",
        it="Selezionare|Controllo|La vostra posizione|Se no, perché?",
    )
    options = (prompt, *words.options("yes_no"))
    sheet.row(1, head, style="head")
    for row, text in enumerate(words.draw("yes_no", rng.randint(9, 14)), 2):
        sheet.put(row, 1, text)
        default = options[1] if rng.random() < 0.3 else prompt
        slot = Slot(purposes=CHOICE, options=words.options("yes_no"), has_list=True, default=default)
        sheet.lists.append(((row, 2), options))
        sheet.ask(
            row, 1, text, {2: Slot(purposes=CHOICE, options=slot.options, default=default), 3: _COMMENT}
        )
    return [sheet]


def cover_and_cards(words: Words, rng: Random) -> list[Canvas]:
    """A cover of labels beside wide boxes; then a card a question: its text, our reply, our evidence."""
    cover = Canvas(name=words.sheet("company"))
    cover.put(2, 2, words.text("title"), "title")
    cover.put(3, 2, words.texts("preface")[0])
    cover.put(5, 2, f"1. {words.sheet('company')}", "section")
    cover.merge(5, 2, 5, 6)
    for row, label in enumerate(words.draw("labels", rng.randint(5, 7)), 6):
        cover.put(row, 2, label)
        cover.merge(row, 3, row, 6)
        cover.ask(row, 2, label, {3: _ANSWER})
    sheet = Canvas(name=words.sheet("main"))
    ask, reply, proof = _said(
        words,
        en="Question|Response|Evidence",
        es="Pregunta|Respuesta|Evidencia",
        nl="Vraag|Antwoord|Bewijs",
    )
    row = 1
    for n, text in enumerate(words.draw("open", rng.randint(5, 8)), 1):
        sheet.row(row, [f"{ask} {n}", text], style="section")
        sheet.put(row + 1, 1, reply)
        sheet.put(row + 2, 1, proof)
        shared = [sheet.slot_at(row + 1, 2, _ANSWER), sheet.slot_at(row + 2, 2, _EVIDENCE)]
        sheet.ask(row, 2, text, {}, shared=shared)
        row += 4
    return [cover, sheet]


def levels_spelled(words: Words, rng: Random) -> list[Canvas]:
    """Each question spells out its own levels in columns; the level in use is chosen at the end."""
    sheet = Canvas(name=words.sheet("main"))
    head = _said(
        words,
        en="No|Question|Level 0|Level 1|Level 2|Level 3|Current level|Rationale",
        pt="N.º|Pergunta|Nível 0|Nível 1|Nível 2|Nível 3|Nível atual|Fundamentação",
        es="N.º|Pregunta|Nivel 0|Nivel 1|Nivel 2|Nivel 3|Nivel actual|Justificación",
    )
    columns = [
        id_column(head[0]),
        question_column(head[1]),
        *[Column(header=name, value=lambda item: words.draw("criteria", 1)[0]) for name in head[2:6]],
        slot_column(head[6], _choice("0|1|2|3")),
        slot_column(head[7], _COMMENT),
    ]
    put_headers(sheet, 2, columns)
    for row, text in enumerate(words.draw("open", rng.randint(7, 10)), 3):
        put_question(sheet, row, columns, Item(text=text, id=str(row - 2)))
    return [sheet]


LANGUAGES_OF = {
    "risk_library": ("en",), "cloud_marks": ("en",), "id_in_text": ("en", "it", "fr"), "objectives": ("en",),
    "card_saq": ("en",), "car_maker": ("de", "en", "es"), "applicability": ("en", "nl", "pt"),
    "measures_of_processor": ("de", "fr", "nl"), "outsourcing": ("en", "de", "it"), "council_tender": ("en",),
    "operator_declaration": ("en", "fr", "it"), "coded_features": ("en", "de", "nl"),
    "yearly_figures": ("en", "fr", "de"), "points_to_win": ("en", "de", "fr"),
    "page_of_offer": ("es", "pt", "fr"), "government_baseline": ("nl", "de", "en"),
    "chosen_prompt": ("en", "de", "it"), "cover_and_cards": ("en", "es", "nl"),
    "levels_spelled": ("en", "pt", "es"),
}  # fmt: skip
FAMILIES = (
    risk_library, cloud_marks, id_in_text, answer_below, objectives, card_saq, car_maker, applicability,
    measures_of_processor, outsourcing, council_tender, operator_declaration, coded_features, yearly_figures,
    side_by_side, points_to_win, page_of_offer, government_baseline, chosen_prompt, cover_and_cards,
    levels_spelled,
)  # fmt: skip
FLAT = (applicability, coded_features)
