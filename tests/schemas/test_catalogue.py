"""The catalogue: what a province's own file may do, and how each mistake in it is told."""

from datetime import date

import pytest

from schemas.catalogue import CatalogueError, load
from serving.reports import handled_numbers

MEASURE = """
[[measure]]
name = "granted_late"
entity = "dossier"
at = "ended_at"
where = "outcome = 'granted' AND NOT voided"
"""
KPI = """
[[kpi]]
name = "granted_rate"
numerator = "dossiers_granted"
denominator = "dossiers_ended"
vi = "Tỷ lệ được giải quyết"
en = "Granted"
"""
PART = """
[[part]]
score = "decision_766_score"
group = "transparency"
name = "sync"
points = 6
kpi = "sync_rate"
vi = "Đồng bộ"
en = "Synced"
"""


@pytest.fixture
def own(tmp_path):
    """Writes a province's file and loads it."""

    def loaded(text, name="own.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return load(path)

    return loaded


def test_the_built_in_catalogue_says_everything():
    catalogue = load()
    for figure in (*catalogue.kpis, *catalogue.stocks, *catalogue.amounts, *catalogue.scores):
        assert figure.vi, figure.name
        assert figure.en, figure.name
        assert figure.basis, figure.name
        assert bool(figure.note_vi) == bool(figure.note_en), figure.name
    used = {t.measure for f in (*catalogue.kpis, *catalogue.stocks, *catalogue.amounts) for t in f.terms}
    assert used | handled_numbers.MEASURES == set(catalogue.measures)


class TestOwnFile:
    def test_it_adds(self, own):
        catalogue = own(MEASURE + KPI)
        assert catalogue.measures["granted_late"].of.name == "dossier"
        assert "granted_rate" in {kpi.name for kpi in catalogue.kpis}
        assert len(catalogue.kpis) == len(load().kpis) + 1

    def test_it_replaces_what_has_the_same_name_and_date(self, own):
        catalogue = own(KPI.replace("granted_rate", "sync_rate"))
        (kpi,) = (kpi for kpi in catalogue.kpis if kpi.name == "sync_rate")
        assert kpi.vi == "Tỷ lệ được giải quyết"

    def test_another_date_is_another_version(self, own):
        catalogue = own(KPI.replace("granted_rate", "sync_rate") + "valid_from = 2025-01-01\n")
        assert [k.version for k in catalogue.kpis if k.name == "sync_rate"] == [
            "sync_rate@2000-01-01",
            "sync_rate@2025-01-01",
        ]
        assert catalogue.kpi_on("sync_rate", date(2024, 12, 31)).vi != "Tỷ lệ được giải quyết"
        assert catalogue.kpi_on("sync_rate", date(2025, 1, 1)).vi == "Tỷ lệ được giải quyết"

    def test_only_what_is_counted_changes_the_fingerprint(self, own):
        topic, usual = "reform.dossiers", load()
        assert own(KPI).fingerprint(topic) == usual.fingerprint(topic)
        changed = own(MEASURE)
        assert changed.fingerprint(topic) != usual.fingerprint(topic)
        assert changed.fingerprint("reform.tasks") == usual.fingerprint("reform.tasks")


def line_of(text, beginning):
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(beginning))


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        (MEASURE.replace("dossier", "dosier"), "entity", "unknown entity `dosier`; did you mean `dossier`?"),
        (
            MEASURE.replace("ended_at", "endet_at"),
            "at",
            "`endet_at` is no time column of `dossier`; did you mean `ended_at`?",
        ),
        (MEASURE.replace('"ended_at"', '"outcome"'), "at", "`outcome` is no time column of `dossier`"),
        (MEASURE + 'cohort = "recieved_at"\n', "cohort", "did you mean `received_at`?"),
        (MEASURE + 'sum = "waited_minute"\n', "sum", "did you mean `waited_minutes`?"),
        (
            MEASURE.replace("outcome =", "outcom ="),
            "where",
            "`outcom` is no column of `dossier`; did you mean `outcome`?",
        ),
        (MEASURE.replace("'granted' AND", "'granted' &&&"), "where", "condition `outcome = 'granted' &&&"),
        (MEASURE.replace("outcome = 'granted' AND NOT voided", "agency"), "where", "must be true or false"),
        (MEASURE.replace("where", "were"), "were", "unknown key; did you mean `where`?"),
        (MEASURE.replace('where = "', '# where = "'), "[[measure]]", "where: is missing"),
        (MEASURE.replace("granted_late", "Granted late"), "name", "name: String should match"),
        (
            KPI.replace("dossiers_granted", "dossier_granted"),
            "numerator",
            "unknown measure `dossier_granted`; did you mean `dossiers_granted`?",
        ),
        (
            KPI.replace('"dossiers_ended"', '["dossiers_ended", "-dossiers_retuned"]'),
            "denominator",
            "unknown measure `dossiers_retuned`; did you mean `dossiers_returned`?",
        ),
        (KPI.replace('"dossiers_ended"', "[]"), "denominator", "at least 1 item"),
        (KPI + 'better = "hihger"\n', "better", "`hihger` is not allowed; did you mean `higher`?"),
        (KPI + 'unit = "dossier"\n', "unit", "`dossier` is not allowed; did you mean `dossiers`?"),
        (KPI + 'at_end = ["denominators"]\n', "at_end", "did you mean `denominator`?"),
        (
            KPI + 'distinct = ["kind"]\n',
            "distinct",
            "`dossier`, which `dossiers_granted` counts, has no `kind`",
        ),
        (KPI + "valid_from = 2025-01-01\nvalid_to = 2025-01-01\n", "valid_to", "is not after valid_from"),
        (KPI.replace("vi =", "# vi ="), "[[kpi]]", "vi: is missing"),
        (KPI.replace("[[kpi]]", "[[kpis]]"), "[[kpis]]", "unknown section `kpis`; did you mean `[[kpi]]`?"),
        (KPI.replace("[[kpi]]", "[kpi]"), "[kpi]", "unknown section `kpi`; did you mean `[[kpi]]`?"),
        (KPI.replace("granted_rate", "dossiers_pending"), "name", "there is a stock of this name too"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_mend(own, text, at, message):
    with pytest.raises(CatalogueError) as caught:
        own(text)
    assert message in str(caught.value)
    assert f"own.toml, line {line_of(text, at)}: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_line_is_that_of_the_right_entry(own):
    text = KPI + KPI.replace("granted_rate", "other_rate").replace("dossiers_ended", "dossiers_endet")
    with pytest.raises(CatalogueError, match=r"line 12: `other_rate`: denominator: unknown measure"):
        own(text)


def test_two_of_one_name_in_one_file_are_a_mistake(own):
    with pytest.raises(CatalogueError, match=r"line 10: `granted_rate`: name: stands at line 2 already"):
        own(KPI + KPI)


def test_broken_toml_names_the_line(own):
    with pytest.raises(CatalogueError, match=r"own\.toml: .*at line 3"):
        own('[[kpi]]\nname = "a"\nvi = \n')
