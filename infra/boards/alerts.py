"""The alerts. Each says what to do.

A day's sample stands at its end and arrives one to three days later, and a weekend may have none:
between Friday's sample and the arrival of Monday's lie up to five and a half days.
"""

from dataclasses import dataclass

from promql import ACTIVE, KNOWN, NET, PRICE, PromQL, block

q = PromQL()

BUDGET = "copilot_usage:monthly_budget_usd"
BUDGET_USD = 5_000
TOKENS = "github_copilot_user_cli_prompt_tokens_sum"


@dataclass(frozen=True)
class Alert:
    name: str
    expr: str
    summary: str
    description: str
    severity: str = "warning"
    lasting: str = ""  # how long it must be so


def was(metric: str, window: str) -> str:
    return f"count by (organization) ({q.days(metric, window=window)})"


def products(window: str, before: str = "") -> str:
    return f"count by (organization, sku) ({q.days(NET, window=window, before=before)})"


def mean(before: int) -> str:
    return f"avg_over_time({ACTIVE}[7d] offset {before}d)"


def tokens(by: str) -> str:
    return f"sum by ({by}) ({q.total(TOKENS, KNOWN, '7d')})"


def most_tokens() -> str:
    person = tokens("organization, user_id")
    share = f"{person}\n/ on (organization) group_left ()\n({tokens('organization')} >= 1e6)"
    return (f"{q.named(block(share), '7d')}\n> 0.6\n"
            f"and on (organization) (count by (organization) ({person} > 0) >= 5)")


def attention(outcomes: str) -> str:
    days = q.lately("attention", f'outcome=~"{outcomes}"')
    return f"max by (organization, source, outcome) ({days}) > 0"


def collections(window: str) -> str:
    return f"count by (organization) ({q.lately('outcome', over='count', window=window)})"


REPORT = 'source="organization-1-day"'
DATA_AGE = f"(time() - max by (organization) ({q.lately('report_day_timestamp_seconds', REPORT, 'max', '14d')})) / 86400"
NOT_READY = q.lately("outcome", f'outcome="not-ready", {REPORT}', "sum")

ALERTS = [
    Alert(
        "CopilotUsageMissing", f"absent_over_time({ACTIVE}[6d])",
        "No organization's Copilot usage has arrived for six days.",
        "Run `copilot-local status` and `copilot-local doctor` where the collector runs. They tell whether the daily tick"
        " ran, whether GitHub still accepts the authorization, and whether this backend takes samples of past days"
        " (storage.tsdb.out_of_order_time_window).", "critical"),
    Alert(
        "CopilotUsageOrganizationMissing", f"{was(ACTIVE, '35d')}\nunless on (organization)\n{was(ACTIVE, '7d')}",
        "{{ $labels.organization }}: no Copilot usage has arrived for seven days.",
        "Run `copilot-local status {{ $labels.organization }}`: it says for each source what is missing, why, and what to"
        " do. A week is longer than a weekend and GitHub's delay together. GitHub writes no report for days on which"
        " nobody used Copilot, so a small organization on holiday is silent too. If the organization was removed on"
        " purpose, the alert ends by itself after four weeks."),
    Alert(
        "CopilotMonthOverBudget",
        f"{q.by_organization(q.this_month(NET))}\n> on () group_left ()\n{BUDGET}",
        "{{ $labels.organization }}: Copilot has cost {{ $value | printf \"%.2f\" }} USD this month, more than the budget.",
        "Look at the dashboard Copilot / Spend for the product and the model. Lower the budget of premium requests in"
        " GitHub's billing settings, or raise the number in the rule copilot_usage:monthly_budget_usd."),
    Alert(
        "CopilotForecastOverBudget",
        f"(\n{q.forecast_this_month(NET)}\n)\n> on () group_left ()\n{BUDGET}\n"
        f"and on () (day_of_month({q.moment()}) >= 5)\nunless on (organization)\n"
        f"({q.by_organization(q.this_month(NET))} > on () group_left () {BUDGET})",
        "{{ $labels.organization }}: at its pace so far Copilot costs {{ $value | printf \"%.2f\" }} USD this month, more"
        " than the budget.",
        "There is still time to act. Copilot / Spend shows the days and the product. A single expensive day early in the"
        " month is carried on to its end, so look at the spend per day first. Days 1 to 4 are not judged."),
    Alert(
        "CopilotNewProductOnBill",
        f"{products('7d')}\nunless\n{products('35d', ' offset 7d')}\nand on (organization)\n"
        f"count by (organization) ({q.days(NET, window='35d', before=' offset 7d')})",
        "{{ $labels.organization }}: {{ $labels.sku }} is new on the Copilot bill.",
        "Ask who switched it on. If nobody did, look at the organization's Copilot policies and budgets in GitHub. The"
        " alert ends a week after the product appeared.", "info"),
    Alert(
        "CopilotPriceChanged",
        f"(\n{q.newest(PRICE)}\n)\n!=\nlast_over_time({PRICE}[28d] offset 7d)",
        "{{ $labels.organization }}: the price of {{ $labels.sku }} {{ $labels.model }} changed to {{ $value }} USD per"
        " {{ $labels.unit_type }}.",
        "Compare with GitHub's price list and renew the forecast. The panel on the price per unit in Copilot / Spend"
        " shows the day. The alert ends a week after the change.", "info"),
    Alert(
        "CopilotUsageDropped", f"{mean(3)} < 0.7 * {mean(10)}\nand {mean(10)} >= 5",
        "{{ $labels.organization }}: {{ $value | printf \"%.0f\" }} people a day use Copilot, at least 30 % fewer than the"
        " week before.",
        "Two weeks of final days are compared, so neither weekends nor late reports cause this. Holidays do. Otherwise"
        " look for a lost licence, a policy that was switched off, or an editor release that signs people out:"
        " Copilot / Adoption and code shows which surface fell."),
    Alert(
        "CopilotOnePersonUsesMostTokens", most_tokens(),
        "{{ $labels.organization }}: {{ $labels.user_login }} used"
        " {{ $value | humanizePercentage }} of all Copilot CLI prompt tokens of the last 7 days.",
        "Ask the person: often a script or an agent in a loop sends the same long prompt. Copilot / Teams and people shows"
        " the days. Organizations with fewer than 5 people on the CLI, or fewer than a million tokens, are left out."),
    Alert(
        "CopilotCollectorSilent", f"{collections('7d')}\nunless on (organization)\n{collections('30h')}",
        "{{ $labels.organization }}: nothing has been collected for 30 hours.",
        "The collector is at fault, not GitHub: it collected this organization within the last week, and not since. Look"
        " whether the daily tick runs (`copilot-local status`, the timer, the cron job), whether its worker runs, and"
        " whether it still reaches this backend. If the organization was removed on purpose, or COLLECTOR_METRICS was set"
        " to off, the alert ends by itself after a week.", "critical"),
    Alert(
        "CopilotCollectorFailing", attention("failed|rejected"),
        "{{ $labels.organization }}, {{ $labels.source }}: {{ $value }} days {{ $labels.outcome }}.",
        "We failed, GitHub is not late: reading the source, or sending its samples, does not succeed. Run `copilot-local"
        " status {{ $labels.organization }}` for the reason, and `copilot-local doctor` to ask GitHub and the backend."
        " Ticks try again by themselves, so this ends when the cause is gone.", lasting="6h"),
    Alert(
        "CopilotCollectorRefused", attention("no-permission|policy-off"),
        "{{ $labels.organization }}, {{ $labels.source }}: GitHub refuses {{ $value }} days ({{ $labels.outcome }}).",
        "An owner of the organization has to act. For policy-off, enable the policy Copilot usage metrics. For"
        " no-permission, accept the permissions of the GitHub App. Then collect the refused days again with the command"
        " that `copilot-local status {{ $labels.organization }}` prints."),
    Alert(
        "CopilotGitHubLate",
        f"{DATA_AGE} > 5\nand on (organization)\n(sum by (organization) ({NOT_READY}) > 0)\nunless on (organization)\n"
        f"(max by (organization) ({q.lately('attention', REPORT)}) > 0)",
        "{{ $labels.organization }}: GitHub's newest report is {{ $value | printf \"%.0f\" }} days old.",
        "GitHub is late, the collector works: each tick asks for the missing days and gets no report. Nothing is to be"
        " done here, and what comes late is collected by itself for 28 days. GitHub writes no report for days on which"
        " nobody used Copilot, so this also fires for an organization on holiday. Look at https://www.githubstatus.com"
        " if many organizations are late at once.", "info"),
    Alert(
        "CopilotDeadLetters", f"max({q.lately('dead_letters')}) > 0",
        "{{ $value }} events of the collector failed for good.",
        "Run `copilot-local dead-letters`: it shows each event with the reason. Remove the cause, then send them again"
        " with `copilot-local dead-letters redrive`. Until then the days that they stand for may be missing."),
]
