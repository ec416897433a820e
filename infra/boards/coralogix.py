"""The dashboards in Coralogix's own JSON.

Nothing here was tried against an account. So it keeps to what does not depend on Coralogix: windows
are written out, there is no variable, and no window reaches into the future. Single numbers and tables are data
tables with one query each; the columns of a table become values of the label `column`.
"""

import json
import uuid

from boards import boards
from grafana import described
from panels import Board, Panel, Queries, Row
from promql import PromQL

RANGE, BUDGET = "30d", "5000"
# Replaced by Terraform, or by hand: these boards show one organization at a time.
ORGANIZATION = "ORGANIZATION"
CHARTS = ("lines", "bars", "stacked", "presence")
# What needs a choice by the viewer.
LEFT_OUT = {"explorer", "user-features", "user-languages", "user-models"}


def documents() -> dict[str, str]:
    each = zip(boards(queries("")), boards(queries(f'organization="{ORGANIZATION}"')))
    return {
        f"{board.uid.removeprefix('copilot-')}.json": json.dumps(document(board), indent=2, ensure_ascii=False) + "\n"
        for board in (every if every.many else one for every, one in each)}


def queries(selector: str) -> Queries:
    return Queries(
        day=PromQL(selector, RANGE), now=PromQL(selector, RANGE), budget=BUDGET, user="", ide="", metric='{__name__=""}',
        by="organization")


def document(board: Board) -> dict:
    rows = [Row(row.title, [panel for panel in row.panels if panel.key not in LEFT_OUT]) for row in board.rows]
    return {
        "name": board.title if board.many else f"{board.title} / {ORGANIZATION}", "description": board.about,
        "relativeTimeFrame": "2592000s",
        "layout": {"sections": [section(board, row) for row in rows if row.panels]}}


def section(board: Board, row: Row) -> dict:
    pairs = [row.panels[n:n + 2] for n in range(0, len(row.panels), 2)]
    return {
        "id": identity(board, row.title),
        "rows": [{"id": identity(board, row.title, str(number)), "appearance": {"height": 19},
                  "widgets": [widget(board, panel) for panel in pair]} for number, pair in enumerate(pairs)],
        "options": {"custom": {"name": row.title, "collapsed": False}}}


def widget(board: Board, panel: Panel) -> dict:
    return {
        "id": identity(board, panel.key), "title": panel.title, "description": described(panel),
        "definition": chart(board, panel) if panel.kind in CHARTS else sheet(panel)}


def chart(board: Board, panel: Panel) -> dict:
    stacked = "STACKED_LINE_ABSOLUTE" if panel.kind in ("bars", "stacked") else "STACKED_LINE_UNSPECIFIED"
    return {"lineChart": {
        "legend": {"isVisible": True, "groupByQuery": len(panel.queries) > 1}, "stackedLine": stacked,
        "queryDefinitions": [{
            "id": identity(board, panel.key, legend)["value"], "name": legend, "isVisible": True,
            "query": {"metrics": {"promqlQuery": {"value": expr}, "editorMode": "METRICS_QUERY_EDITOR_MODE_TEXT"}},
            # One point per day.
            "resolution": {"interval": "86400s"}, "seriesCountLimit": "50", "unit": "UNIT_UNSPECIFIED"}
            for legend, expr in panel.queries.items()]}}


def sheet(panel: Panel) -> dict:
    return {"dataTable": {
        "query": {"metrics": {"promqlQuery": {"value": single(panel)}, "promqlQueryType": "PROM_QL_QUERY_TYPE_INSTANT",
                              "editorMode": "METRICS_QUERY_EDITOR_MODE_TEXT"}},
        "resultsPerPage": 20, "rowStyle": "ROW_STYLE_ONE_LINE"}}


def single(panel: Panel) -> str:
    """One query of all of a panel's: the newest day of the last week, or the moment."""
    newest = {name: expr if panel.instant else f"last_over_time((\n{expr}\n)[7d:1d])" for name, expr in panel.queries.items()}
    if len(newest) == 1:
        return next(iter(newest.values()))
    return "\nor\n".join(f'label_replace(\n{expr},\n"column", "{name}", "", "")' for name, expr in newest.items())


def identity(board: Board, *names: str) -> dict:
    """The same every time, so that an update changes a widget and does not replace it."""
    return {"value": str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join([board.uid, *names])))}
