"""What the dashboards show, as data: no word here is Grafana's or Coralogix's own."""

from dataclasses import dataclass, field

from promql import PromQL

NOT_REPORTED = "not reported"
NO_PEOPLE = "no per-person series (USER_IDENTITY=none?)"
DOLLARS, SHARE, COUNT, DAYS, MINUTES, SECONDS = "currencyUSD", "percentunit", "short", "d", "m", "s"
NOT_COLLECTED = "no samples about the collector (COLLECTOR_METRICS=off?)"


@dataclass(frozen=True)
class Queries:
    """PromQL in the words of one kind of dashboard.

    `day` is for charts: a point per day, which stands on its day. `now` is for tables and totals: a
    moment, from which `newest` looks back.
    """
    day: PromQL
    now: PromQL
    budget: str = "$budget"
    user: str = 'user_login=~"$user"'
    ide: str = 'ide=~"$ide"'
    metric: str = '{__name__="$metric"}'
    by: str = "$by"


@dataclass(frozen=True)
class Panel:
    key: str
    title: str  # a question
    how: str  # how it is calculated
    without: str  # what it leaves out
    kind: str  # stat, lines, bars, stacked, table, ranking, pie, gauge, presence, histogram
    unit: str
    queries: dict[str, str]  # PromQL by legend, or by column of a table
    instant: bool = False
    empty: str = NOT_REPORTED
    units: dict[str, str] = field(default_factory=dict)  # of columns
    thresholds: tuple[tuple[float, str], ...] = ()  # only where a number has a meaning
    width: int = 0
    right_axis: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    title: str
    panels: list[Panel]


@dataclass(frozen=True)
class Board:
    uid: str
    title: str
    about: str
    rows: list[Row]
    many: bool = True  # whether several organizations can be chosen: their people must not be added up
    variables: tuple[str, ...] = ()

    @property
    def panels(self) -> list[Panel]:
        return [panel for row in self.rows for panel in row.panels]
