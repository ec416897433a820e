"""The dashboards as Grafana's classic JSON, through Grafana's own builder."""

import json

from grafana_foundation_sdk.builders import (
    bargauge, common, dashboard, gauge, histogram, piechart, prometheus, stat, statushistory, table, timeseries)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import prometheus as query

from boards import boards
from catalogue import COLLECTOR, METRICS
from panels import COUNT, Board, Panel, Queries, Row
from promql import ACTIVE, USERS, PromQL

ORGANIZATION = 'organization=~"$organization"'
QUERIES = Queries(day=PromQL(ORGANIZATION, shift=-1), now=PromQL(ORGANIZATION))
SOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
TAG = "copilot-usage"
# Labels that the explorer offers. Those of people are left out, since its board is open to everyone.
LABELS = ["organization", "comment_type", "feature", "ide", "language", "model", "phase", "sku", "unit_type"]
PEOPLE_ONLY = "github_copilot_user_"


def documents() -> dict[str, str]:
    """Each dashboard's JSON by its file name."""
    return {f"{board.uid.removeprefix('copilot-')}.json": text(board) for board in boards(QUERIES)}


def text(board: Board) -> str:
    return json.dumps(built(board), cls=JSONEncoder, indent=2, ensure_ascii=False) + "\n"


def built(board: Board) -> model.Dashboard:
    result = (
        dashboard.Dashboard(board.title).uid(board.uid).description(board.about).tags([TAG]).timezone("utc").readonly()
        .time("now-30d", "now").refresh("1h").tooltip(model.DashboardCursorSync.CROSSHAIR)
        .timepicker(dashboard.TimePicker().refresh_intervals(["1h", "6h", "1d"]))
        .annotation(dashboard.AnnotationQuery().built_in(1).name("Annotations & Alerts").enable(True).hide(True).type("dashboard")
                    .icon_color("rgba(0, 211, 255, 1)").datasource(model.DataSourceRef(type_val="grafana", uid="-- Grafana --")))
        .link(dashboard.DashboardLink("Copilot").type(model.DashboardLinkType.DASHBOARDS).tags([TAG]).as_dropdown(True)
              .include_vars(True).keep_time(True)))
    for variable in variables(board):
        result.with_variable(variable)
    number, top = 0, 0
    for row in board.rows:
        number += 1
        result.with_row(dashboard.Row(row.title).id(number).grid_pos(model.GridPos(x=0, y=top, w=24, h=1)))
        top += 1
        for panel, position in laid_out(row, top):
            number += 1
            result.with_panel(drawn(panel).id(number).grid_pos(position))
            top = max(top, position.y + position.h)
    return result.build()


# Variables

def variables(board: Board) -> list:
    of_organization = f'{USERS}{{{ORGANIZATION}}}'
    every = {
        "budget": lambda: dashboard.TextBoxVariable("budget").label("Budget (USD per organization and month)")
        .default_value("5000").current(model.VariableOption(selected=True, text="5000", value="5000")),
        "user": lambda: chosen("user", "User", of_organization, "user_login", many=True, every=False),
        "ide": lambda: chosen("ide", "Editor", of_organization.replace(USERS, f"{USERS}_by_ide"), "ide", many=True),
        "metric": lambda: listed("metric", "Metric", [name for name in METRICS if not name.startswith(PEOPLE_ONLY)], ACTIVE),
        "by": lambda: listed("by", "By", LABELS, LABELS[0]),
    }
    return [
        dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus"),
        chosen("organization", "Organization", ACTIVE, "organization", many=board.many),
        *(every[name]() for name in board.variables)]


def chosen(name: str, label: str, series: str, value: str, many: bool, every: bool | None = None):
    every = many if every is None else every
    variable = (
        dashboard.QueryVariable(name).label(label).datasource(SOURCE).query(f"label_values({series}, {value})")
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(model.VariableSort.ALPHABETICAL_ASC).multi(many)
        .include_all(every))
    if every:
        variable.all_value(".*").current(model.VariableOption(selected=True, text="All", value="$__all"))
    return variable


def listed(name: str, label: str, values: list[str], first: str):
    return (
        dashboard.CustomVariable(name).label(label).values(",".join(values))
        .options([model.VariableOption(selected=value == first, text=value, value=value) for value in values])
        .current(model.VariableOption(selected=True, text=first, value=first)))


# Places

SMALL = ("stat", "gauge")


def laid_out(row: Row, top: int) -> list[tuple[Panel, model.GridPos]]:
    """Numbers side by side, up to four in a line; charts in pairs; a chart without a neighbour takes the line."""
    lines: list[list[Panel]] = []
    for panel in row.panels:
        small = panel.kind in SMALL
        last = lines[-1] if lines else []
        joins = last and not panel.width and not last[0].width and (last[0].kind in SMALL) == small and len(last) < (4 if small else 2)
        if joins:
            last.append(panel)
        else:
            lines.append([panel])
    places = []
    for line in lines:
        width, height = 24 // len(line), 4 if line[0].kind in SMALL else 8
        if len(line) == 1 and line[0].kind in SMALL:
            width = 12
        for index, panel in enumerate(line):
            places.append((panel, model.GridPos(x=index * width, y=top, w=width, h=height)))
        top += height
    return places


# Panels

def drawn(panel: Panel):
    result = KINDS[panel.kind](panel)
    result.title(panel.title).description(described(panel)).datasource(SOURCE).unit(panel.unit).no_value(panel.empty)
    result.thresholds(dashboard.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps([
        model.Threshold(color=color, value=None if index == 0 else value)
        for index, (value, color) in enumerate(panel.thresholds or ((0, "text"),))]))
    if not panel.instant:
        # One point per day, wherever the range begins.
        result.interval("1d").max_data_points(1000)
    for index, (legend, expr) in enumerate(panel.queries.items()):
        target = prometheus.Dataquery().expr(expr).ref_id(chr(ord("A") + index)).legend_format(legend).datasource(SOURCE)
        target.instant() if panel.instant else target.range()
        target.format(query.PromQueryFormat.TABLE if panel.kind == "table" else query.PromQueryFormat.TIME_SERIES)
        result.with_target(target)
    return result


def described(panel: Panel) -> str:
    known = {**METRICS, **COLLECTOR}
    named = {metric for metric in known for expr in panel.queries.values() if f"{metric}{{" in expr or f"{metric}[" in expr}
    metrics = "\n".join(f"- `{name}`: {known[name].help}" for name in known if name in named)
    return f"{panel.how}\n\n**Left out:** {panel.without}" + (f"\n\n{metrics}" if metrics else "")


def reduced():
    return common.ReduceDataOptions().values(False).calcs(["lastNotNull"])


def coloured(result, panel: Panel):
    """Without thresholds a colour means nothing, so there is one."""
    mode = model.FieldColorModeId.THRESHOLDS if panel.thresholds else model.FieldColorModeId.FIXED
    color = dashboard.FieldColor().mode(mode)
    return result.color_scheme(color if panel.thresholds else color.fixed_color("blue"))


def numbers(panel: Panel):
    return coloured(stat.Panel(), panel).reduce_options(reduced()).graph_mode(options.BigValueGraphMode.NONE).text_mode(
        options.BigValueTextMode.VALUE_AND_NAME)


def dial(panel: Panel):
    return coloured(gauge.Panel(), panel).reduce_options(reduced()).min(0).max(1.5)


def chart(panel: Panel):
    result = (
        timeseries.Panel().color_scheme(dashboard.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .span_nulls(False).show_points(options.VisibilityMode.ALWAYS).axis_soft_min(0).line_width(1)
        .tooltip(common.VizTooltipOptions().mode(options.TooltipDisplayMode.MULTI).sort(options.SortOrder.DESCENDING))
        .legend(common.VizLegendOptions().show_legend(True).display_mode(options.LegendDisplayMode.LIST)
                .placement(options.LegendPlacement.BOTTOM)))
    if panel.kind in ("bars", "stacked"):
        # A point stands at the start of its day, so the bar of a day is drawn over that day.
        result.draw_style(options.GraphDrawStyle.BARS).bar_alignment(options.BarAlignment.AFTER).fill_opacity(80).line_width(0)
        result.stacking(common.StackingConfig().mode(options.StackingMode.NORMAL).group("A"))
    for name in panel.right_axis:
        override = [model.DynamicConfigValue(id_val="custom.axisPlacement", value="right")]
        # A legend with labels begins with its name.
        if name in panel.queries:
            result.override_by_name(name, override)
        else:
            result.override_by_regexp(f"/^{name} /", override)
    return result


def sheet(panel: Panel):
    columns = list(panel.queries)
    letters = {name: chr(ord("A") + index) for index, name in enumerate(columns)}
    value = {name: f"Value #{letters[name]}" if len(columns) > 1 else "Value" for name in columns}
    result = table.Panel().filterable(True).sort_by([common.TableSortByFieldState().display_name(columns[0]).desc(True)])
    result.with_transformation(model.DataTransformerConfig(id_val="merge", options={}))
    result.with_transformation(model.DataTransformerConfig(id_val="organize", options={
        "excludeByName": {"Time": True, "__name__": True},
        "renameByName": {value[name]: name for name in columns}}))
    for name, unit in panel.units.items():
        result.override_by_name(name, [model.DynamicConfigValue(id_val="unit", value=unit)])
    return result


def ranking(panel: Panel):
    return (coloured(bargauge.Panel(), panel).reduce_options(reduced()).orientation(options.VizOrientation.HORIZONTAL)
            .display_mode(options.BarGaugeDisplayMode.BASIC).min(0))


def pie(panel: Panel):
    return piechart.Panel().reduce_options(reduced()).color_scheme(
        dashboard.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC_BY_NAME)).legend(
        piechart.PieChartLegendOptions().show_legend(True).display_mode(options.LegendDisplayMode.TABLE).placement(
            options.LegendPlacement.RIGHT).values(["value", "percent"]))


def presence(panel: Panel):
    return statushistory.Panel().show_value(options.VisibilityMode.NEVER).color_scheme(
        dashboard.FieldColor().mode(model.FieldColorModeId.FIXED).fixed_color("green"))


def spread(panel: Panel):
    return histogram.Panel().combine(True).bucket_size(1).color_scheme(
        dashboard.FieldColor().mode(model.FieldColorModeId.FIXED).fixed_color("blue"))


KINDS = {
    "stat": numbers, "gauge": dial, "lines": chart, "bars": chart, "stacked": chart, "table": sheet, "ranking": ranking,
    "pie": pie, "presence": presence, "histogram": spread}
